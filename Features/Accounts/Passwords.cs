using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using MdcTts.Features.Settings;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Text;

namespace MdcTts.Features.Accounts;

/// <summary>
/// What a password must be: long enough, not one of those that attackers try first, not the person's or the firm's
/// name. Anything else goes, spaces and passphrases too (NIST SP 800-63B, OWASP ASVS 5.0).
/// </summary>
public static class Passwords
{
    public const int MaxLength = 1024;

    // Letters and digits that a password must still have when the person's names are taken out of it.
    private const int WithoutNamesMin = 8;
    private const int DistinctMin = 5;
    private const int NameMinLength = 3;

    private static readonly Lazy<ulong[]> Common = new(ReadCommon);

    /// <summary>How good a password is: 0 and 1 are refused or close to it, 4 is strong.</summary>
    /// <param name="Key">Text key of why it is refused, or of a word for it.</param>
    public sealed record Verdict(int Score, string Key, params object[] Args)
    {
        public bool IsRefused => Score == 0;
    }

    /// <summary>Adds an error at the field when the password does not meet the rules.</summary>
    /// <param name="about">Name, address, company: what others know of the person.</param>
    public static void Check(
        FieldErrors errors,
        string field,
        string? password,
        FirmSettings settings,
        params IEnumerable<string?> about
    )
    {
        if (string.IsNullOrEmpty(password))
            errors.Add(field, "error.required");
        else if (Judge(password, settings, about) is { IsRefused: true } verdict)
            errors.Add(field, verdict.Key, verdict.Args);
    }

    /// <summary>The same for a form with two fields, <c>password</c> and <c>repeat</c>.</summary>
    public static void CheckRepeated(
        FieldErrors errors,
        string? password,
        string? repeat,
        FirmSettings settings,
        params IEnumerable<string?> about
    )
    {
        Check(errors, "password", password, settings, about);
        errors.AddIf(password != repeat, "repeat", "password.not_the_same");
    }

    /// <summary>The same for somebody whose account stands.</summary>
    public static void CheckRepeated(
        FieldErrors errors,
        string? password,
        string? repeat,
        FirmSettings settings,
        User user
    ) => CheckRepeated(errors, password, repeat, settings, user.FullName, user.Email, user.Company);

    /// <summary>Whether the password is accepted, and how good it is.</summary>
    public static Verdict Judge(string password, FirmSettings settings, params IEnumerable<string?> about)
    {
        if (password.Length > MaxLength)
            return new(0, "error.too_long", MaxLength);
        if (PlainText.HasForbidden(password))
            return new(0, "error.forbidden_characters");
        if (password.Length < settings.PasswordMinLength)
            return new(0, "password.too_short", settings.PasswordMinLength);
        if (settings.PasswordNeedsKinds && Kinds(password) < 4)
            return new(0, "password.kinds_needed");
        var folded = Fold(password);
        if (folded.Distinct().Count() < DistinctMin)
            return new(0, "password.too_simple");
        if (IsCommon(folded))
            return new(0, "password.common");
        var own = about
            .SelectMany(WordsOf)
            .Concat(new[] { settings.CompanyNameEn, settings.CompanyNameAr }.SelectMany(WordsOf))
            .Append("mdc")
            .OrderByDescending(w => w.Length)
            .Aggregate(folded, (rest, word) => rest.Replace(word, "", StringComparison.Ordinal));
        if (own.Length < folded.Length && (own.Count(char.IsLetterOrDigit) < WithoutNamesMin || IsCommon(own)))
            return new(0, "password.about_you");

        // A letter of a word carries about two bits, a character of mixed kinds nearly four.
        var bits =
            (own.Distinct().Count() + ((own.Length - own.Distinct().Count()) * 0.6)) * (Kinds(own) > 2 ? 3.6 : 2.6);
        return bits < 40 ? new(2, "password.strength.fair")
            : bits < 60 ? new(3, "password.strength.good")
            : new(4, "password.strength.strong");
    }

    /// <summary>
    /// True when somebody else chose the password, or a setting limits the age of passwords and this one is older.
    /// </summary>
    /// <param name="since">When it was chosen; null where there is none.</param>
    public static bool MustChange(FirmSettings settings, bool isGiven, DateTime? since, DateTime now) =>
        isGiven || (settings.PasswordMaxDays is > 0 and var days && now - since > TimeSpan.FromDays(days));

    /// <summary>Sets a person's password and ends all their sessions and tokens.</summary>
    /// <param name="hash">Made by <see cref="PasswordHashing"/>, outside of a write, for it may take a while.</param>
    public static void Use(User user, string hash, DateTime now)
    {
        user.UsePassword(hash);
        user.PasswordChangedAt = now;
    }

    private static bool IsCommon(string folded) =>
        IsListed(folded)
        || IsListed(folded.TrimEnd(NotLetters(folded)))
        || IsListed(folded.Trim(NotLetters(folded)))
        || IsListed(string.Concat(folded.Where(char.IsLetterOrDigit)));

    private static char[] NotLetters(string text) => [.. text.Where(c => !char.IsLetter(c)).Distinct()];

    private static bool IsListed(string folded) =>
        folded.Length >= 4
        && Array.BinarySearch(
            Common.Value,
            BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(folded)))
        ) >= 0;

    private static string Fold(string text) => text.Normalize(NormalizationForm.FormKC).ToLowerInvariant();

    // Of an address only the part before the @ is about the person.
    private static IEnumerable<string> WordsOf(string? text) =>
        text is null
            ? []
            : new string([.. Fold(text.Split('@')[0]).Select(c => char.IsLetterOrDigit(c) ? c : ' ')])
                .Split(' ')
                .Where(w => w.Length >= NameMinLength);

    private static int Kinds(string text) =>
        (text.Any(char.IsLower) ? 1 : 0)
        + (text.Any(char.IsUpper) ? 1 : 0)
        + (text.Any(char.IsDigit) ? 1 : 0)
        + (text.Any(c => !char.IsLetterOrDigit(c)) ? 1 : 0);

    // Made by Infrastructure/Assets/build.mjs: the first eight bytes of each SHA-256, in order.
    private static ulong[] ReadCommon()
    {
        using var stream =
            typeof(Passwords).Assembly.GetManifestResourceStream("common-passwords.bin")
            ?? throw new InvalidOperationException(
                "The list of common passwords is missing: build without -p:SkipBrowserAssets=true."
            );
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        var hashes = new ulong[bytes.Length / sizeof(ulong)];
        for (var i = 0; i < hashes.Length; i++)
            hashes[i] = BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(i * sizeof(ulong)));
        return hashes;
    }
}
