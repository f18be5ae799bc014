using MdcTts.Infrastructure.Configuration;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace MdcTts.Infrastructure;

[Trait("runs", "once")]
public sealed class AppSettingsTests
{
    private const string Secret = "k3J9vQ0xW7uT2rLmZ8bN4pYc6dHs1aFg";

    [Theory]
    [InlineData("SECRET_KEY", "short")]
    [InlineData("SECRET_KEY", "please-change-me-please-change-me-please")]
    [InlineData("SECRET_KEY", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("PUBLIC_URL", "mdc.example")]
    [InlineData("PUBLIC_URL", "https://mdc.example/tts")]
    [InlineData("PUBLIC_URL", "https://mdc.example/?a=b")]
    [InlineData("PUBLIC_URL", "https://mdc.example/#a")]
    [InlineData("ADMIN_PASSWORD", "<your password>")]
    [InlineData("ADMIN_PASSWORD", "django-insecure-4711")]
    [InlineData("ALLOWED_HOSTS", "https://mdc.example/")]
    [InlineData("TRUSTED_PROXIES", "10.0.0.0/99")]
    [InlineData("TRUSTED_PROXIES", "nginx")]
    [InlineData("EMAIL_PORT", "0")]
    [InlineData("EMAIL_PORT", "smtp")]
    [InlineData("EMAIL_TLS", "yes")]
    [InlineData("EMAIL_HOST", "mail.example:25")]
    [InlineData("EMAIL_FROM", "nobody")]
    [InlineData("EMAIL_FROM", "a@mdc.example\r\nBcc: b@mdc.example")]
    [InlineData("EMAIL_HOST_PASSWORD", "without its user")]
    [InlineData("EMAIL_HOST_PASSWORD", "your-password")]
    [InlineData("GOOGLE_CLIENT_SECRET", "your-client-secret")]
    [InlineData("ADMIN_PASSWORD", "changeme-changeme")]
    [InlineData("SENTRY_DSN", "https://xxx@sentry.io/xxx")]
    [InlineData("DATABASE_URL", "postgresql://user:pass@db:5432/mdc_tts")]
    [InlineData("SECRET_KEY_PREVIOUS", "short")]
    [InlineData("READ_ONLY", "yes")]
    [InlineData("ANY_ADDRESS", "yes")]
    [InlineData("JOBS", "some")]
    [InlineData("METRICS_PORT", "metrics")]
    [InlineData("TLS_CERTIFICATE", "/there/is/no/such/file")]
    [InlineData("TLS_CERTIFICATE_KEY", "/without/its/certificate")]
    [InlineData("REDIS_URL", "rediss://cache?sslrootcert=/there/is/no/such/file")]
    [InlineData("REDIS_URL", "redis://cache?sslrootcert=/for/nothing")]
    [InlineData("DATABASE_URL", "postgres://a:k3J9vQ0x@db/mdc?sslmode=verify-full&sslrootcert=/there/is/none")]
    [InlineData("DRILL_DATABASE_URL", "postgres://mdc_drill:your-password@db/mdc")]
    [InlineData("DRILL_DATABASE_URL", "mysql://mdc_drill:k3J9vQ0x@db/mdc")]
    [InlineData("DRILL_DATABASE_URL", "postgres://mdc_drill:k3J9vQ0x@db/mdc?unknown=1")]
    [InlineData("DRILL_DATABASE_URL", "postgres://mdc_drill:k3J9vQ0x@db/mdc?sslrootcert=/there/is/none")]
    [InlineData("ADMIN_EMAIL_FILE", "/there/is/no/such/file")]
    public void A_value_that_cannot_be_used_is_named(string name, string value) =>
        Assert.Contains(name, Assert.Throws<SettingsException>(() => From((name, value))).Message);

    [Theory]
    [InlineData("JQ!Bwz615N-7ol.P^BQF0Z36y<3RzK")]
    [InlineData("kT9<vLq2#wZp8-Rm")]
    [InlineData("7exampleQ-4insecureX")]
    [InlineData("Qyour-9X>changemeZ1")]
    public void A_random_secret_is_no_placeholder_whatever_it_holds(string secret)
    {
        Assert.Equal(secret, From(("ADMIN_PASSWORD", secret)).AdminPassword);
        Assert.NotNull(From(("DATABASE_URL", $"postgres://u:{Uri.EscapeDataString(secret)}@db/mdc")).DatabaseUrl);
    }

    [Fact]
    public void Hosts_and_proxies_are_lists()
    {
        var settings = From(
            ("ALLOWED_HOSTS", "tts.mdc.example, TTS2.mdc.example"),
            ("TRUSTED_PROXIES", "10.0.0.0/8,192.168.1.7,::1")
        );

        Assert.Contains("tts2.mdc.example", settings.AllowedHosts);
        Assert.Equal(["10.0.0.0/8", "192.168.1.7/32", "::1/128"], settings.TrustedProxies.Select(p => p.ToString()));
    }

    [Fact]
    public void Mails_come_from_the_public_address_unless_it_is_said()
    {
        Assert.Equal("mdc@tts.mdc.example", From(("PUBLIC_URL", "https://tts.mdc.example:8443/")).Mail.From.Address);
        Assert.Equal("mdc@localhost", From(("PUBLIC_URL", "http://10.0.0.7")).Mail.From.Address);
        var settings = From(
            ("EMAIL_FROM", "MDC <post@mdc.example>"),
            ("EMAIL_TLS", "required"),
            ("EMAIL_PORT", "465")
        ).Mail;
        Assert.Equal(
            ("MDC", "post@mdc.example", MailTls.Required, 465, true),
            (settings.From.Name, settings.From.Address, settings.Tls, settings.Port, settings.IsImplicitTls)
        );
        Assert.Equal((MailTls.WhenOffered, 587, null), (From().Mail.Tls, From().Mail.Port, From().Mail.Host));
    }

    [Fact]
    public void A_file_holds_the_value()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "admin@mdc.example\n");

        Assert.Equal("admin@mdc.example", From(("ADMIN_EMAIL_FILE", file)).AdminEmail);
        File.Delete(file);
    }

    private static AppSettings From(params (string Name, string Value)[] values) =>
        AppSettings.From(
            new ConfigurationBuilder()
                .AddInMemoryCollection(
                    values
                        .Append(("SECRET_KEY", Secret))
                        .DistinctBy(v => v.Item1)
                        .ToDictionary(v => v.Item1, string? (v) => v.Item2)
                )
                .Build(),
            demo: false
        );
}
