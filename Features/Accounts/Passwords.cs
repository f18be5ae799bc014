using System.Security.Cryptography;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Text;

namespace MdcTts.Features.Accounts;

/// <summary>What a password must be, and how one is made up.</summary>
public static class Passwords
{
    public const int MinLength = 12;
    public const int MaxLength = 1024;

    // Without those that people mistake for another when they read it out.
    private const string Letters = "abcdefghjkmnpqrstuvwxyz23456789";

    /// <summary>A password that meets the rules as it was sent; errors stand at the field otherwise.</summary>
    public static void Check(FieldErrors errors, string field, string? password)
    {
        if (string.IsNullOrEmpty(password)) errors.Add(field, "error.required");
        else if (password.Length < MinLength) errors.Add(field, "password.too_short", MinLength);
        else if (password.Length > MaxLength) errors.Add(field, "error.too_long", MaxLength);
        else errors.AddIf(PlainText.HasForbidden(password), field, "error.forbidden_characters");
    }

    /// <summary>A random one of about 79 bits, in groups that can be read out.</summary>
    public static string Generate() => string.Join('-', Enumerable.Range(0, 4).Select(_ => RandomNumberGenerator.GetString(Letters, 4)));
}
