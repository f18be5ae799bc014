using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MdcTts.Infrastructure.Configuration;

/// <summary><c>sslrootcert</c> of an address: the authority that alone is trusted there, a PEM file.</summary>
public static class RootCertificate
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>The path itself.</summary>
    /// <exception cref="SettingsException">The file is not there or holds no certificate.</exception>
    public static string Checked(string name, string path)
    {
        try
        {
            return Read(path).Count > 0
                ? path
                : throw new SettingsException($"{name}: sslrootcert names a file without a certificate.");
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new SettingsException($"{name}: sslrootcert cannot be read: {wrong.Message}");
        }
    }

    /// <summary>Trusts what this authority signed, and nothing else; read anew each time.</summary>
    public static X509ChainPolicy Policy(string path)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(Read(path));
        policy.ApplicationPolicy.Add(new(ServerAuthentication));
        return policy;
    }

    private static X509Certificate2Collection Read(string path)
    {
        var roots = new X509Certificate2Collection();
        roots.ImportFromPemFile(path);
        return roots;
    }
}
