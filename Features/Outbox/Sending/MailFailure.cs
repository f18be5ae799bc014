using System.Security.Cryptography;
using MailKit.Net.Smtp;
using MailKit.Security;

namespace MdcTts.Features.Outbox.Sending;

/// <summary>Why a mail was not sent.</summary>
/// <param name="Text">A text key, or the server's own words.</param>
/// <param name="Name">For the log, which must not hold what the server said: it may name the person.</param>
/// <param name="IsFinal">Trying again would not help.</param>
public sealed record MailFailure(string Text, string Name, bool IsFinal)
{
    private const int TextMost = 500;

    // Answers about us, not about the mail: authentication wanted, wrong, too weak, TLS wanted first.
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
            OperationCanceledException => new("mails.error.timeout", name, false),
            NotSupportedException => new("mails.error.no_tls", name, false),
            AuthenticationException => new("mails.error.authentication", name, false),
            SslHandshakeException => new("mails.error.certificate", name, false),
            CryptographicException => new("mails.error.secret", name, true),
            _ => new(Clean(exception.Message, secrets), name, false),
        };
    }

    private static string Clean(string text, string?[] secrets)
    {
        foreach (var secret in secrets)
            if (!string.IsNullOrEmpty(secret))
                text = text.Replace(secret, "…", StringComparison.Ordinal);
        text = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        return text.Length <= TextMost ? text : text[..(TextMost - 1)] + "…";
    }
}
