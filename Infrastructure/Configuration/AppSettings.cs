using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace MdcTts.Infrastructure.Configuration;

/// <summary>
/// The settings that come from the environment, under the deployment document's names; each also as <c>NAME_FILE</c>, a
/// file that holds the value.
/// </summary>
public sealed partial class AppSettings
{
    private const int SecretMinBytes = 32;
    private const int SecretMinCharacters = 6;

    // What examples and habits put where a secret belongs. Whole words: in a random secret they may stand by chance.
    [GeneratedRegex(
        "^<.*>$|(?<![a-z0-9])(your[-_]|change[-_]?me|change[-_]this|placeholder|example|insecure|secret[-_]key[-_]here)"
            + "(?(?<=[-_])|(?![a-z0-9]))",
        RegexOptions.IgnoreCase
            | RegexOptions.CultureInvariant
            | RegexOptions.Singleline
            | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Placeholder();

    private static readonly string[] WholePlaceholders =
    [
        "password",
        "pass",
        "passw0rd",
        "secret",
        "xxx",
        "todo",
        "test",
        "admin",
        "123456",
        "12345678",
    ];
    private static readonly HashSet<string> Secrets = new(StringComparer.Ordinal)
    {
        "ADMIN_PASSWORD",
        "EMAIL_HOST_PASSWORD",
        "GOOGLE_CLIENT_SECRET",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "BACKUP_PASSPHRASE",
        "SENTRY_DSN",
    };

    private AppSettings(IConfiguration configuration, bool demo)
    {
        DataDir = Path.GetFullPath(Read(configuration, "DATA_DIR") ?? "App_Data");
        DatabaseUrl = Read(configuration, "DATABASE_URL");
        RedisUrl = Read(configuration, "REDIS_URL") is { } redis ? RedisUrl.Parse(redis) : null;
        PublicUrl = Read(configuration, "PUBLIC_URL")?.TrimEnd('/');
        AdminEmail = Read(configuration, "ADMIN_EMAIL");
        AdminPassword = Read(configuration, "ADMIN_PASSWORD");
        ChromiumPath = Read(configuration, "CHROMIUM_PATH");
        GoogleClientId = Read(configuration, "GOOGLE_CLIENT_ID");
        GoogleClientSecret = Read(configuration, "GOOGLE_CLIENT_SECRET");
        if (GoogleClientId is not null && GoogleClientSecret is null)
            throw new SettingsException("GOOGLE_CLIENT_SECRET is required when GOOGLE_CLIENT_ID is set.");
        IsDemo = demo;
        AllowedHosts = List(Read(configuration, "ALLOWED_HOSTS"))
            .Select(Host)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        TrustedProxies = [.. List(Read(configuration, "TRUSTED_PROXIES")).Select(Proxy)];
        SecretKey = Secret(Read(configuration, "SECRET_KEY"));
        var previous = Read(configuration, "SECRET_KEY_PREVIOUS") ?? "";
        SecretKeysPrevious =
        [
            .. previous
                .Split(
                    previous.Contains('\n') ? '\n' : ',',
                    StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries
                )
                .Select(System.Text.Encoding.UTF8.GetBytes),
        ];
        if (SecretKeysPrevious.Any(k => k.Length < SecretMinBytes))
            throw new SettingsException($"SECRET_KEY_PREVIOUS: each key must have at least {SecretMinBytes} bytes.");
        CheckDatabase("DATABASE_URL", DatabaseUrl);
        if (
            PublicUrl is not null
            && (
                !Uri.TryCreate(PublicUrl, UriKind.Absolute, out var url)
                || url.Scheme is not ("http" or "https")
                || url.PathAndQuery != "/"
                || url.Fragment.Length > 0
                || url.UserInfo.Length > 0
            )
        )
            throw new SettingsException(
                "PUBLIC_URL must be an http or https address without a path, such as https://mdc.example.com."
            );
        TakesAnyAddress = FlagOf("ANY_ADDRESS", Read(configuration, "ANY_ADDRESS"));
        IsReadOnly = FlagOf("READ_ONLY", Read(configuration, "READ_ONLY"));
        MetricsAt = AddressOf("METRICS_PORT", Read(configuration, "METRICS_PORT"));
        Scanner = ScannerOf(Read(configuration, "CLAMAV_HOST"));
        SentryDsn = Read(configuration, "SENTRY_DSN");
        if (
            SentryDsn is not null
            && (
                !Uri.TryCreate(SentryDsn, UriKind.Absolute, out var dsn)
                || dsn.UserInfo.Length == 0
                || dsn.AbsolutePath.Length < 2
            )
        )
            throw new SettingsException("SENTRY_DSN must look like https://KEY@HOST/PROJECT.");
        Jobs = JobsOf(Read(configuration, "JOBS"));
        Mail = new(name => Read(configuration, name), PublicUrl);
        Backups = new(name => Read(configuration, name), DataDir);
        CheckDatabase("DRILL_DATABASE_URL", Backups.DrillUrl);
        Tls = TlsSettings.From(name => Read(configuration, name));
    }

    /// <summary>Where the SQLite file, uploads and keys live.</summary>
    public string DataDir { get; }

    /// <summary><c>postgres://…</c>; null means SQLite in <see cref="DataDir"/>.</summary>
    public string? DatabaseUrl { get; }

    /// <summary>What the replicas share besides the database; null: each goes by itself.</summary>
    public RedisUrl? RedisUrl { get; }

    /// <summary>
    /// Protects stored secrets; at least 32 bytes. Without one, and on SQLite only, a random one is kept in
    /// <see cref="DataDir"/>.
    /// </summary>
    public byte[] SecretKey { get; }

    /// <summary>
    /// SECRET_KEY_PREVIOUS, one a line or separated by commas, the newest first: still open what they closed, and close
    /// nothing any more.
    /// </summary>
    public IReadOnlyList<byte[]> SecretKeysPrevious { get; }

    /// <summary>A key for one purpose alone, 32 bytes, derived from SECRET_KEY.</summary>
    public byte[] KeyFor(string purpose) => Derived(SecretKey, purpose);

    /// <summary>The same from each key, the oldest first and the current one last.</summary>
    public byte[][] KeysFor(string purpose) =>
        [.. SecretKeysPrevious.Reverse().Append(SecretKey).Select(key => Derived(key, purpose))];

    /// <summary>
    /// The address that people use, without a slash at its end; links in mails and QR codes begin with it. Null: the
    /// address of the request.
    /// </summary>
    public string? PublicUrl { get; }

    /// <summary>The host names answered to; empty: any.</summary>
    public IReadOnlySet<string> AllowedHosts { get; }

    /// <summary>The proxies whose <c>X-Forwarded-*</c> headers are believed; empty: none.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; }

    /// <summary>
    /// ANY_ADDRESS: behind a proxy, PUBLIC_URL and ALLOWED_HOSTS may be left out, and links take whatever host a
    /// request names.
    /// </summary>
    public bool TakesAnyAddress { get; }

    /// <summary>The first admin, made at the first start.</summary>
    public string? AdminEmail { get; }

    public string? AdminPassword { get; }

    /// <summary>The browser that prints PDFs, when it is not found by itself.</summary>
    public string? ChromiumPath { get; }

    /// <summary>The mail server.</summary>
    public MailSettings Mail { get; }

    /// <summary>Where backups go.</summary>
    public BackupSettings Backups { get; }

    /// <summary>The certificate that is shown; null: none of ours.</summary>
    public TlsSettings? Tls { get; }

    /// <summary>Null: nobody signs in with Google.</summary>
    public string? GoogleClientId { get; }

    public string? GoogleClientSecret { get; }

    /// <summary>READ_ONLY: nothing at all is written.</summary>
    public bool IsReadOnly { get; }

    /// <summary>
    /// METRICS_PORT: where metrics are served; a port on all addresses, or <c>address:port</c>. Null: nowhere.
    /// </summary>
    public IPEndPoint? MetricsAt { get; }

    /// <summary>
    /// CLAMAV_HOST: where clamd looks at uploads; a host, <c>host:port</c> (else 3310) or the path of a socket. Null:
    /// nobody does.
    /// </summary>
    public EndPoint? Scanner { get; }

    /// <summary>SENTRY_DSN: where errors are reported; null: nowhere.</summary>
    public string? SentryDsn { get; }

    /// <summary>JOBS: whether this process works in the background.</summary>
    public JobsRole Jobs { get; }

    /// <summary><c>--demo</c>: fill an empty database with demonstration data.</summary>
    public bool IsDemo { get; }

    /// <summary>Reads and checks; one line naming the key when a value cannot be used.</summary>
    /// <exception cref="SettingsException">A value is malformed.</exception>
    public static AppSettings From(IConfiguration configuration, bool demo) => new(configuration, demo);

    /// <summary>
    /// Behind a proxy anybody may name any host: without an address of its own the app would put that into links.
    /// </summary>
    /// <exception cref="SettingsException">The address is missing in Production.</exception>
    public void RequireAddress(IHostEnvironment environment)
    {
        var isKnown = PublicUrl is not null && AllowedHosts.Count > 0;
        if (environment.IsProduction() && TrustedProxies.Count > 0 && !isKnown && !TakesAnyAddress)
            throw new SettingsException(
                "Behind a proxy (TRUSTED_PROXIES) set PUBLIC_URL and ALLOWED_HOSTS, such as https://mdc.example.com "
                    + "and mdc.example.com; or ANY_ADDRESS=true to take the address of each request."
            )
            {
                ExitCode = SettingsException.Refused,
            };
    }

    private static byte[] Derived(byte[] key, string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 32, info: System.Text.Encoding.UTF8.GetBytes(purpose));

    private static void CheckDatabase(string name, string? url)
    {
        if (url is null)
            return;
        if (Configuration.DatabaseUrl.PasswordOf(url) is { } password && IsPlaceholder(password))
            throw new SettingsException($"{name} has a placeholder for its password.");
        Configuration.DatabaseUrl.ToConnectionString(url, name: name);
    }

    private static string? Read(IConfiguration configuration, string name)
    {
        var file = configuration[name + "_FILE"];
        if (!string.IsNullOrWhiteSpace(file) && !File.Exists(file))
            throw new SettingsException($"{name}_FILE names a file that does not exist.");
        var value = (string.IsNullOrWhiteSpace(file) ? configuration[name] : File.ReadAllText(file))?.Trim();
        return string.IsNullOrEmpty(value) ? null : Checked(name, value);
    }

    private static string Checked(string name, string value) =>
        Secrets.Contains(name) && IsPlaceholder(value)
            ? throw new SettingsException($"{name} is a placeholder; give it its real value, or leave it out.")
            : value;

    private static bool IsPlaceholder(string secret) =>
        WholePlaceholders.Contains(secret, StringComparer.OrdinalIgnoreCase)
        || Placeholder().IsMatch(secret)
        || secret.Contains("//xxx@", StringComparison.Ordinal);

    private static bool FlagOf(string name, string? text) =>
        text switch
        {
            null or "false" => false,
            "true" => true,
            _ => throw new SettingsException($"{name} must be true or false."),
        };

    private static IPEndPoint? AddressOf(string name, string? text) =>
        text is null ? null
        : ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? new(IPAddress.Any, port)
        : text.Contains(':', StringComparison.Ordinal) && IPEndPoint.TryParse(text, out var address) ? address
        : throw new SettingsException($"{name} must be a port, or an address with a port such as 127.0.0.1:9100.");

    private static EndPoint? ScannerOf(string? text)
    {
        if (text is null)
            return null;
        if (text.StartsWith('/'))
            return new UnixDomainSocketEndPoint(text);
        var colon = text.LastIndexOf(':');
        var hasPort = colon > 0 && !text.EndsWith(']') && text.IndexOf(':', StringComparison.Ordinal) == colon;
        ushort port = 3310;
        var isPort =
            !hasPort || ushort.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port);
        var host = (hasPort ? text[..colon] : text).Trim('[', ']');
        return isPort && port > 0 && Uri.CheckHostName(host) != UriHostNameType.Unknown
            ? new DnsEndPoint(host, port)
            : throw new SettingsException(
                "CLAMAV_HOST must be a host, a host with a port such as clamav:3310, or the path of a socket."
            );
    }

    private static JobsRole JobsOf(string? text) =>
        text switch
        {
            null or "on" => JobsRole.On,
            "off" => JobsRole.Off,
            "only" => JobsRole.Only,
            _ => throw new SettingsException("JOBS must be on, off or only."),
        };

    private static string[] List(string? value) =>
        (value ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string Host(string name) =>
        Uri.CheckHostName(name) != UriHostNameType.Unknown
            ? name
            : throw new SettingsException(
                $"ALLOWED_HOSTS must be host names without port, separated by commas; \"{name}\" is none."
            );

    private static IPNetwork Proxy(string text)
    {
        if (IPAddress.TryParse(text, out var address))
            return new(address, address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? 32 : 128);
        return IPNetwork.TryParse(text, out var network)
            ? network
            : throw new SettingsException(
                "TRUSTED_PROXIES must be addresses or networks such as 10.0.0.0/8, separated by commas; "
                    + $"\"{text}\" is none."
            );
    }

    private byte[] Secret(string? value)
    {
        if (value is not null)
        {
            if (IsPlaceholder(value) || value.Distinct().Count() < SecretMinCharacters)
                throw new SettingsException("SECRET_KEY is a placeholder; make one with: openssl rand -base64 48");
            var bytes = System.Text.Encoding.UTF8.GetBytes(value);
            return bytes.Length >= SecretMinBytes
                ? bytes
                : throw new SettingsException($"SECRET_KEY must have at least {SecretMinBytes} bytes.");
        }

        if (DatabaseUrl is not null)
            throw new SettingsException("SECRET_KEY is required when DATABASE_URL is set: replicas must share it.");
        try
        {
            Directory.CreateDirectory(DataDir);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"DATA_DIR cannot be made: {e.Message}");
        }

        var path = Path.Combine(DataDir, "secret.key");
        if (!File.Exists(path))
        {
            File.WriteAllText(path, Convert.ToBase64String(RandomNumberGenerator.GetBytes(48)));
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return System.Text.Encoding.UTF8.GetBytes(File.ReadAllText(path).Trim());
    }
}

/// <summary>What a process does.</summary>
public enum JobsRole
{
    /// <summary>Serves and works in the background.</summary>
    On,

    /// <summary>Serves only; other processes send mails, run imports and jobs.</summary>
    Off,

    /// <summary>Works in the background and serves nothing but health and metrics: <c>MdcTts worker</c>.</summary>
    Only,
}

/// <summary>A setting that the app cannot start with; the message is for the operator.</summary>
public sealed class SettingsException(string message) : Exception(message)
{
    /// <summary>EX_CONFIG: the values are right, but not safe together.</summary>
    public const int Refused = 78;

    /// <summary>With which the process ends.</summary>
    public int ExitCode { get; init; } = 1;
}
