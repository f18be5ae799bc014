using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace MdcTts.Infrastructure.Security;

/// <summary>
/// The key of an opened form. A form whose answer was lost is sent again with the same key, and is not carried out
/// twice.
/// </summary>
public static partial class FormKeys
{
    /// <summary>The form field's name.</summary>
    public const string Field = "__Once";

    /// <summary>
    /// A key for the next form of this page; null where nobody is signed in, because keys belong to people.
    /// </summary>
    public static string? NextFormKey(this HttpContext http)
    {
        if (http.Person() is null)
            return null;
        if (!http.Items.TryGetValue(Field, out var held))
            http.Items[Field] = held = new Page(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)));
        var page = (Page)held!;
        page.Forms++;
        return $"{page.Key}.{page.Forms}";
    }

    /// <summary>The key that a form came with; null without one, or with one that no page of ours has made.</summary>
    public static string? KeyOf(IFormCollection form) => form[Field] is [{ } key] && Made().IsMatch(key) ? key : null;

    [GeneratedRegex(@"^[A-Za-z0-9_-]{22}\.[0-9]{1,5}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Made();

    // One random part for all forms of a page, which the compression then says once.
    private sealed record Page(string Key)
    {
        public int Forms { get; set; }
    }
}

/// <summary>
/// Carries out what a form asks for, once: a repeat gets the answer of the first. Idempotency registers it.
/// </summary>
public delegate ValueTask<object?> DoOnce(EndpointFilterInvocationContext context, EndpointFilterDelegate next);
