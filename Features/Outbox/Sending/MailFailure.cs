using System.Security.Cryptography;
using System.Text.RegularExpressions;
using MailKit.Net.Smtp;
using MailKit.Security;

namespace MdcTts.Features.Outbox.Sending;

/// <summary>Why a mail was not sent.</summary>
/// <param name="Text">A text key, or what the server said.</param>
/// <param name="Name">For the log. What the server said may name the person and must not be logged.</param>
/// <param name="IsFinal">Another attempt would not help.</param>
public sealed partial record MailFailure(string Text, string Name, bool IsFinal)
{
    private const int TextMaxLength = 500;

    // These codes concern this app and not the mail: authentication required, failed or too weak; TLS required.
    private static readonly int[] AboutUs = [530, 534, 535, 538];

    public static MailFailure Of(Exception exception, params string?[] secrets)
    {
        var name = exception.GetType().Name;
        return exception switch
        {
            SmtpCommandException refusal => new(
                Clean($"{(int)refusal.StatusCode} {exception.Message}", secrets),
                $"{name} {(int)refusal.StatusCode}",
                IsAboutTheMail(refusal)
            ),
            OperationCanceledException => new("mails.error.timeout", name, IsFinal: false),
            NotSupportedException => new("mails.error.no_tls", name, IsFinal: false),
            AuthenticationException => new("mails.error.authentication", name, IsFinal: false),
            SslHandshakeException => new("mails.error.certificate", name, IsFinal: false),
            CryptographicException => new("mails.error.secret", name, IsFinal: true),
            _ => new(Clean(exception.Message, secrets), name, IsFinal: false),
        };
    }

    /// <summary>
    /// A no at its greeting or to our sender is about us, and a full mailbox or a spent allowance passes: such mails
    /// wait. Only a no to this recipient or this text stays a no.
    /// </summary>
    private static bool IsAboutTheMail(SmtpCommandException refusal)
    {
        if ((int)refusal.StatusCode is not (>= 500 and < 600) || AboutUs.Contains((int)refusal.StatusCode))
            return false;
        // RFC 3463: 1 is the address (but 7 and 8 are the sender's), 6 the text, 7 the rules.
        var detail = EnhancedStatus().Match(refusal.Message);
        var (subject, number) = (detail.Groups["subject"].Value, detail.Groups["number"].Value);
        return refusal.ErrorCode switch
        {
            SmtpErrorCode.RecipientNotAccepted => detail.Success
                ? subject == "1" && number is not ("7" or "8")
                : refusal.StatusCode != SmtpStatusCode.ExceededStorageAllocation,
            SmtpErrorCode.MessageNotAccepted => !detail.Success
                || (subject == "1" && number is not ("7" or "8"))
                || subject == "6"
                || (subject == "7" && number == "1"),
            _ => false,
        };
    }

    [GeneratedRegex(@"^5\.(?<subject>\d{1,3})\.(?<number>\d{1,3})\b", RegexOptions.NonBacktracking)]
    private static partial Regex EnhancedStatus();

    private static string Clean(string text, string?[] secrets)
    {
        foreach (var secret in secrets)
            if (!string.IsNullOrEmpty(secret))
                text = text.Replace(secret, "…", StringComparison.Ordinal);
        text = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        return text.Length <= TextMaxLength ? text : text[..(TextMaxLength - 1)] + "…";
    }
}
