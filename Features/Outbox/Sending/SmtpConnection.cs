using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MdcTts.Infrastructure;
using MdcTts.Infrastructure.Configuration;
using MimeKit;

namespace MdcTts.Features.Outbox.Sending;

/// <summary>The way to the mail server: opened with the first mail, kept for those that follow.</summary>
public sealed class SmtpConnection(MailSettings settings, Func<SmtpClient> make) : IAsyncDisposable
{
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);

    private SmtpClient? _client;

    /// <summary>The server was reached and let us in: what fails now is the mail's fault.</summary>
    public bool IsOpen => _client is not null;

    /// <summary>Hands over one mail to one person.</summary>
    public async Task Send(MimeMessage mail, CancellationToken stop)
    {
        _client ??= await Open(stop);
        await _client.SendAsync(mail, settings.From, [(MailboxAddress)mail.To.Single()], stop);
    }

    /// <summary>Gives the connection up, in whatever state it is.</summary>
    public void Drop()
    {
        _client?.Dispose();
        _client = null;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(Farewell);
            if (_client is not null)
                await _client.DisconnectAsync(quit: true, limit.Token);
        }
        catch (Exception e)
            when (e is IOException or OperationCanceledException or ProtocolException or CommandException)
        {
            // Whatever was sent is sent; the server did not wait for our good-bye.
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
            // Somebody in between can take the offer of TLS away; they must not get the password for it.
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
