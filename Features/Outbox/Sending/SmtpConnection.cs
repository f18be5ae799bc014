using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MdcTts.Infrastructure.Configuration;
using MimeKit;

namespace MdcTts.Features.Outbox.Sending;

/// <summary>A connection to the mail server, opened for the first mail and kept for the next ones.</summary>
public sealed class SmtpConnection(MailSettings settings, Func<SmtpClient> make) : IAsyncDisposable
{
    private static readonly TimeSpan DisconnectLimit = TimeSpan.FromSeconds(5);

    private SmtpClient? _client;

    /// <summary>The server accepted the connection, so a failure now concerns the mail.</summary>
    public bool IsOpen => _client is not null;

    /// <summary>Sends one mail to one person.</summary>
    public async Task Send(MimeMessage mail, CancellationToken stop)
    {
        _client ??= await Open(stop);
        await _client.SendAsync(mail, settings.From, [(MailboxAddress)mail.To.Single()], stop);
    }

    /// <summary>Closes the connection without a good-bye.</summary>
    public void Drop()
    {
        _client?.Dispose();
        _client = null;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(DisconnectLimit);
            if (_client is not null)
                await _client.DisconnectAsync(quit: true, limit.Token);
        }
        catch (Exception e)
            when (e is IOException or OperationCanceledException or ProtocolException or CommandException)
        {
            // Nothing is lost: every mail was accepted before this.
        }

        Drop();
    }

    private async Task<SmtpClient> Open(CancellationToken stop)
    {
        var client = make();
        try
        {
            await client.ConnectAsync(settings.Host!, settings.Port, Security(), stop);
            if (settings.User is null)
                return client;
            // An attacker in between can remove the offer of TLS and must not get the password in return.
            if (!client.IsSecure && settings.Tls != MailTls.None)
                throw new NotSupportedException("No TLS offered.");
            await client.AuthenticateAsync(settings.User, settings.Password!, stop);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private SecureSocketOptions Security() =>
        settings switch
        {
            { IsImplicitTls: true } => SecureSocketOptions.SslOnConnect,
            { Tls: MailTls.Required } => SecureSocketOptions.StartTls,
            { Tls: MailTls.None } => SecureSocketOptions.None,
            _ => SecureSocketOptions.StartTlsWhenAvailable,
        };
}
