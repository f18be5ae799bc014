namespace MdcTts.Infrastructure.Configuration;

/// <summary>
/// The certificate that this process shows: paths of PEM files, because both are read again when they are renewed.
/// </summary>
public sealed record TlsSettings(string Certificate, string Key)
{
    /// <returns>Null: addresses with https take the certificate of the .NET host.</returns>
    /// <exception cref="SettingsException">One of the two is missing.</exception>
    internal static TlsSettings? From(Func<string, string?> read)
    {
        var (certificate, key) = (read("TLS_CERTIFICATE"), read("TLS_CERTIFICATE_KEY"));
        if (certificate is null != key is null)
            throw new SettingsException("TLS_CERTIFICATE and TLS_CERTIFICATE_KEY go together; one of them is missing.");
        return certificate is null
            ? null
            : new(Existing("TLS_CERTIFICATE", certificate), Existing("TLS_CERTIFICATE_KEY", key!));
    }

    private static string Existing(string name, string path) =>
        File.Exists(path) ? path : throw new SettingsException($"{name} names a file that does not exist.");
}
