using System.Security.Cryptography;
using MailKit.Net.Smtp;
using MailKit.Security;

namespace MdcTts.Features.Outbox.Sending;

/// <summary>Why a mail was not sent.</summary>
/// <param name="Text">A text key, or what the server said.</param>
/// <param name="Name">For the log. What the server said may name the person and must not be logged.</param>
/// <param name="IsFinal">Another attempt would not help.</param>
public sealed record MailFailure(string Text, string Name, bool IsFinal)
{
    private const int TextMaxLength = 500;

    // These codes concern this app and not the mail: authentication required, failed or too weak; TLS required.
    private static readonly int[] AboutUs = [530, 534, 535, 538];

    public static MailFailure Of(Exception exception, params string?[] secrets)
    {
        var name = exception.GetType().Name;
        return exception switch
        {
            SmtpCommandException { StatusCode: var status } => new(
                Clean($"{(int)status} {exception.Message}", secrets),
                $"{name} {(int)status}",
                (int)status is >= 500 and < 600 && !AboutUs.Contains((int)status)
            ),
            OperationCanceledException => new("mails.error.timeout", name, IsFinal: false),
            NotSupportedException => new("mails.error.no_tls", name, IsFinal: false),
            AuthenticationException => new("mails.error.authentication", name, IsFinal: false),
            SslHandshakeException => new("mails.error.certificate", name, IsFinal: false),
            CryptographicException => new("mails.error.secret", name, IsFinal: true),
            _ => new(Clean(exception.Message, secrets), name, IsFinal: false),
        };
    }

    private static string Clean(string text, string?[] secrets)
    {
        foreach (var secret in secrets)
            if (!string.IsNullOrEmpty(secret))
                text = text.Replace(secret, "…", StringComparison.Ordinal);
        text = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        return text.Length <= TextMaxLength ? text : text[..(TextMaxLength - 1)] + "…";
    }
}
