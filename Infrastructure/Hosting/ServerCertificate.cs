using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MdcTts.Infrastructure.Configuration;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace MdcTts.Infrastructure.Hosting;

/// <summary>
/// The certificate of TLS_CERTIFICATE for every address with https. A renewed one is shown to the next client, without
/// a restart and without cutting the connections that are there.
/// </summary>
/// <remarks>
/// Kestrel itself would close its listener and open it again. The content is compared and not the time of the file:
/// where secrets are mounted as links, as on Kubernetes, the link's own time never changes.
/// </remarks>
public sealed partial class ServerCertificate(TlsSettings settings, TimeProvider clock, ILogger<ServerCertificate> log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Lock _reading = new();
    private (string Text, SslStreamCertificateContext Context) _shown = Load(settings);
    private DateTimeOffset _next = clock.GetUtcNow() + Pause;

    /// <summary>For the address that is listened on.</summary>
    public void Configure(HttpsConnectionAdapterOptions https)
    {
        https.ServerCertificateSelector = (_, _) => Current().TargetCertificate;
        // The context is made once for each certificate, a selector would make it for each connection.
        https.OnAuthenticate = (_, options) =>
        {
            options.ServerCertificateSelectionCallback = null;
            options.ServerCertificateContext = Current();
        };
    }

    private SslStreamCertificateContext Current()
    {
        if (clock.GetUtcNow() < _next)
            return _shown.Context;
        lock (_reading)
        {
            if (clock.GetUtcNow() < _next)
                return _shown.Context;
            _next = clock.GetUtcNow() + Pause;
            try
            {
                if (Read(settings) == _shown.Text)
                    return _shown.Context;
                _shown = Load(settings);
                Log.IsRenewed(log, _shown.Context.TargetCertificate.NotAfter.ToUniversalTime());
            }
            catch (Exception half) when (half is SettingsException or IOException or UnauthorizedAccessException)
            {
                // Perhaps one of the two is there already and the other is not.
                Log.IsNotRenewed(log, half.Message);
            }

            return _shown.Context;
        }
    }

    private static string Read(TlsSettings settings) =>
        File.ReadAllText(settings.Certificate) + File.ReadAllText(settings.Key);

    /// <exception cref="SettingsException">The files are no certificate with its key.</exception>
    private static (string, SslStreamCertificateContext) Load(TlsSettings settings)
    {
        try
        {
            var text = Read(settings);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(text);
            // Offline: nothing is fetched from addresses that stand in a certificate.
            return (
                text,
                SslStreamCertificateContext.Create(X509Certificate2.CreateFromPem(text, text), chain, offline: true)
            );
        }
        catch (Exception wrong) when (wrong is CryptographicException or ArgumentException)
        {
            throw new SettingsException($"TLS_CERTIFICATE and TLS_CERTIFICATE_KEY are not a pair: {wrong.Message}");
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"TLS_CERTIFICATE_KEY cannot be read: {wrong.Message}");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "The renewed certificate is shown, valid until {NotAfter:O}")]
        public static partial void IsRenewed(ILogger logger, DateTime notAfter);

        [LoggerMessage(2, LogLevel.Warning, "The certificate on disk cannot be used, the one before stays: {Reason}")]
        public static partial void IsNotRenewed(ILogger logger, string reason);
    }
}
