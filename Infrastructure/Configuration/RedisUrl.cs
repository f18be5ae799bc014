using System.Globalization;

namespace MdcTts.Infrastructure.Configuration;

/// <summary>
/// How to reach Redis: <c>redis://[user[:password]@]host[:port][/database]</c>, or <c>rediss://</c> with TLS.
/// </summary>
/// <param name="RootCertificate">
/// <c>?sslrootcert=</c>, the file of the one authority that is trusted; null: those of the machine.
/// </param>
public sealed record RedisUrl(
    string Host,
    int Port,
    bool IsTls,
    string? User,
    string? Password,
    int Database,
    string? RootCertificate = null
)
{
    private const int DefaultPort = 6379;

    /// <exception cref="SettingsException">It is none.</exception>
    public static RedisUrl Parse(string text)
    {
        var database = 0;
        if (
            !Uri.TryCreate(text, UriKind.Absolute, out var url)
            || url.Scheme is not ("redis" or "rediss")
            || url.Host.Length == 0
            || (
                url.AbsolutePath.Trim('/') is { Length: > 0 } path
                && !int.TryParse(path, NumberStyles.None, CultureInfo.InvariantCulture, out database)
            )
        )
            throw new SettingsException(
                "REDIS_URL must be redis://[user:password@]host[:port][/database], or rediss:// with TLS."
            );
        var root = System.Web.HttpUtility.ParseQueryString(url.Query)["sslrootcert"];
        if (root is not null && url.Scheme != "rediss")
            throw new SettingsException("REDIS_URL: sslrootcert needs rediss://.");
        var (user, password) = url.UserInfo.Split(':', 2) switch
        {
            [var name, var secret] => (Uri.UnescapeDataString(name), Uri.UnescapeDataString(secret)),
            [var name] => (Uri.UnescapeDataString(name), ""),
            _ => ("", ""),
        };
        return new(
            url.Host,
            url.Port > 0 ? url.Port : DefaultPort,
            url.Scheme == "rediss",
            user.Length > 0 ? user : null,
            password.Length > 0 ? password : null,
            database,
            root is null ? null : Configuration.RootCertificate.Checked("REDIS_URL", root)
        );
    }
}
