using System.Globalization;
using System.Net.Mail;
using System.Text.RegularExpressions;

namespace MdcTts.Infrastructure.Text;

/// <summary>
/// What counts as an e-mail address: the plain form that every mail server takes, without names, quotes, comments or
/// line ends.
/// </summary>
public static partial class EmailAddress
{
    public const int MaxLength = 254;
    private const int LocalMaxLength = 64;

    /// <summary>
    /// Reads an address; white space around it is not counted, nor are the invisible marks that chats and Arabic text
    /// put beside it.
    /// </summary>
    public static bool TryRead(string? text, out string address)
    {
        address = WithoutMarks(text)?.Trim(' ') ?? "";
        return address.Length is > 0 and <= MaxLength
            && address.IndexOf('@') is > 0 and <= LocalMaxLength
            && Plain().IsMatch(address)
            && MailAddress.TryCreate(address, out var read)
            && read.Address == address;
    }

    /// <summary>Without characters that only say how text is shown, such as U+200B and U+200F.</summary>
    public static string? WithoutMarks(string? text) =>
        text?.Any(IsMark) == true ? string.Concat(text.Where(c => !IsMark(c))) : text;

    private static bool IsMark(char character) => char.GetUnicodeCategory(character) == UnicodeCategory.Format;

    [GeneratedRegex(
        @"\A[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
            + @"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        200
    )]
    private static partial Regex Plain();
}
