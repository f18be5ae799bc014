using System.Globalization;
using MimeKit;

namespace MdcTts.Infrastructure.Configuration;

/// <summary>How much of the way to the mail server must be encrypted.</summary>
public enum MailTls
{
    /// <summary>As soon as the server offers it; a password is never sent without it.</summary>
    WhenOffered,

    /// <summary>Nothing is sent without it.</summary>
    Required,

    /// <summary>Never: a server on the same machine, behind the same wall.</summary>
    None,
}

/// <summary>The mail server of the firm, from the environment.</summary>
public sealed class MailSettings
{
    private const int SubmissionPort = 587;
    private const int ImplicitTlsPort = 465;

    internal MailSettings(Func<string, string?> read, string? publicUrl)
    {
        Host = read("EMAIL_HOST");
        User = read("EMAIL_HOST_USER");
        Password = read("EMAIL_HOST_PASSWORD");
        Port = PortOf(read("EMAIL_PORT"));
        Tls = TlsOf(read("EMAIL_TLS"));
        From = SenderOf(read("EMAIL_FROM"), publicUrl);
        if (Host is not null && Uri.CheckHostName(Host) == UriHostNameType.Unknown)
            throw new SettingsException("EMAIL_HOST must be a host name or an address, without port.");
        if (User is null != Password is null)
            throw new SettingsException("EMAIL_HOST_USER and EMAIL_HOST_PASSWORD go together; one of them is missing.");
    }

    /// <summary>Null: mails are written to files.</summary>
    public string? Host { get; }

    public int Port { get; }

    public string? User { get; }

    public string? Password { get; }

    public MailTls Tls { get; }

    /// <summary>TLS from the first byte on.</summary>
    public bool IsImplicitTls => Port == ImplicitTlsPort && Tls != MailTls.None;

    /// <summary>Who the mails come from; without a name of its own the firm's is shown.</summary>
    public MailboxAddress From { get; }

    private static int PortOf(string? text) =>
        text is null ? SubmissionPort
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535
            ? port
        : throw new SettingsException("EMAIL_PORT must be a number from 1 to 65535.");

    private static MailTls TlsOf(string? text) =>
        text switch
        {
            null or "when-offered" => MailTls.WhenOffered,
            "required" => MailTls.Required,
            "none" => MailTls.None,
            _ => throw new SettingsException("EMAIL_TLS must be required, when-offered or none."),
        };

    private static MailboxAddress SenderOf(string? text, string? publicUrl)
    {
        if (text is null)
            return new(
                null,
                "mdc@"
                    + (
                        publicUrl is not null && new Uri(publicUrl) is { HostNameType: UriHostNameType.Dns } url
                            ? url.IdnHost
                            : "localhost"
                    )
            );
        return !text.Any(char.IsControl) && MailboxAddress.TryParse(text, out var sender) && sender.Domain.Length > 0
            ? sender
            : throw new SettingsException(
                "EMAIL_FROM must be an e-mail address, such as mdc@example.com or MDC <mdc@example.com>."
            );
    }
}
