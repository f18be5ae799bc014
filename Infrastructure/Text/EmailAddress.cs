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

    /// <summary>Reads an address; white space around it is not counted.</summary>
    public static bool TryRead(string? text, out string address)
    {
        address = text?.Trim(' ') ?? "";
        return address.Length is > 0 and <= MaxLength
            && address.IndexOf('@') is > 0 and <= LocalMaxLength
            && Plain().IsMatch(address)
            && MailAddress.TryCreate(address, out var read)
            && read.Address == address;
    }

    [GeneratedRegex(
        @"\A[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
            + @"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        200
    )]
    private static partial Regex Plain();
}
