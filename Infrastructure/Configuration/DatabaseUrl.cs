using Npgsql;

namespace MdcTts.Infrastructure.Configuration;

/// <summary>
/// <c>postgres://user:password@host:port/database?sslmode=verify-full&amp;sslrootcert=/path</c> as Npgsql wants it.
/// </summary>
public static class DatabaseUrl
{
    /// <summary>The password in it, if there is one.</summary>
    public static string? PasswordOf(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.UserInfo.Split(':', 2) is [_, var password]
            ? Uri.UnescapeDataString(password)
            : null;

    /// <param name="name">The setting that holds it, for the error.</param>
    /// <exception cref="SettingsException">It is not such an address.</exception>
    public static string ToConnectionString(string url, bool isReadOnly = false, string name = "DATABASE_URL")
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("postgres" or "postgresql"))
            throw new SettingsException($"{name} must look like postgres://user:password@host:5432/database.");
        var who = uri.UserInfo.Split(':', 2);
        var builder = new NpgsqlConnectionStringBuilder
        {
            Host = uri.Host,
            Port = uri.IsDefaultPort || uri.Port < 0 ? 5432 : uri.Port,
            Database = Uri.UnescapeDataString(uri.AbsolutePath.Trim('/')),
            Username = Uri.UnescapeDataString(who[0]),
            Password = who.Length > 1 ? Uri.UnescapeDataString(who[1]) : null,
            // The same few statements run all day: prepared once a connection, they are planned once.
            MaxAutoPrepare = 200,
            AutoPrepareMinUsages = 2,
            MaxPoolSize = 60,
            // Nothing here sets anything for a session, so there is nothing to reset whenever a statement gives its
            // connection back.
            NoResetOnClose = true,
        };
        foreach (
            var (key, value) in System.Web.HttpUtility.ParseQueryString(uri.Query) is { } query
                ? query.AllKeys.OfType<string>().Select(k => (k, query[k]))
                : []
        )
        {
            try
            {
                builder[
                    key.ToLowerInvariant() switch
                    {
                        "sslmode" => "SSL Mode",
                        "connect_timeout" => "Timeout",
                        "application_name" => "Application Name",
                        "host" => "Host",
                        "sslrootcert" => "Root Certificate",
                        var other => other,
                    }
                ] = key.ToLowerInvariant() switch
                {
                    "sslmode" => value!.Replace("-", "", StringComparison.Ordinal),
                    "sslrootcert" => RootCertificate.Checked(name, value!),
                    _ => value!,
                };
            }
            catch (ArgumentException)
            {
                throw new SettingsException($"{name} has a parameter that is not known or not valid: {key}.");
            }
        }

        if (isReadOnly)
            builder.Options = "-c default_transaction_read_only=on";
        return builder.ConnectionString;
    }
}
