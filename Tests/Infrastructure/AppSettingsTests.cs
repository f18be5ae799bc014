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
    [InlineData("ALLOWED_HOSTS", "https://mdc.example/")]
    [InlineData("TRUSTED_PROXIES", "10.0.0.0/99")]
    [InlineData("TRUSTED_PROXIES", "nginx")]
    [InlineData("ADMIN_EMAIL_FILE", "/there/is/no/such/file")]
    public void A_value_that_cannot_be_used_is_named(string name, string value) =>
        Assert.Contains(name, Assert.Throws<SettingsException>(() => From((name, value))).Message);

    [Fact]
    public void Hosts_and_proxies_are_lists()
    {
        var settings = From(("ALLOWED_HOSTS", "tts.mdc.example, TTS2.mdc.example"), ("TRUSTED_PROXIES", "10.0.0.0/8,192.168.1.7,::1"));

        Assert.Contains("tts2.mdc.example", settings.AllowedHosts);
        Assert.Equal(["10.0.0.0/8", "192.168.1.7/32", "::1/128"], settings.TrustedProxies.Select(p => p.ToString()));
    }

    [Fact]
    public void A_file_holds_the_value()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "admin@mdc.example\n");

        Assert.Equal("admin@mdc.example", From(("ADMIN_EMAIL_FILE", file)).AdminEmail);
        File.Delete(file);
    }

    private static AppSettings From(params (string Name, string Value)[] values) => AppSettings.From(
        new ConfigurationBuilder().AddInMemoryCollection(values.Append(("SECRET_KEY", Secret)).DistinctBy(v => v.Item1).ToDictionary(v => v.Item1, string? (v) => v.Item2)).Build(), demo: false);
}
