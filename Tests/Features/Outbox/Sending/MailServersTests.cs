using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using MimeKit;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Outbox.Sending;

public sealed class TlsApp : MailApp
{
    protected override IEnumerable<(string Name, string Value)> Settings =>
        [.. base.Settings, ("EMAIL_TLS", "required")];
}

[Trait("runs", "once")]
public sealed class RequiredTlsTests(TlsApp app) : IClassFixture<TlsApp>
{
    [Fact]
    public async Task Nothing_is_sent_in_the_clear_where_tls_is_required()
    {
        var message = await app.Tell(Sara, "account.reset", token: "only-inside");
        await app.Send();

        Assert.Equal(
            ("mails.error.no_tls", null, 1),
            ((await app.Look(message)).Error, (await app.Look(message)).ParkedAt, (await app.Look(message)).Attempts)
        );
        Assert.Empty(app.Smtp.Taken);
        Assert.DoesNotContain(
            app.Smtp.InTheClear,
            l => l.StartsWith("MAIL", StringComparison.Ordinal) || l.Contains("only-inside", StringComparison.Ordinal)
        );

        app.Smtp.OffersTls = true;
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        await app.Send();
        Assert.True(app.Smtp.Taken.Single().Encrypted);
    }
}

public sealed class PasswordApp : MailApp
{
    protected override IEnumerable<(string Name, string Value)> Settings =>
        [.. base.Settings, ("EMAIL_HOST_USER", "mdc"), ("EMAIL_HOST_PASSWORD", "the-password-of-the-server")];
}

[Trait("runs", "once")]
public sealed class ServerPasswordTests(PasswordApp app) : IClassFixture<PasswordApp>
{
    [Fact]
    public async Task The_password_of_the_server_is_not_sent_in_the_clear()
    {
        app.Smtp.AsksForPassword = true;
        var message = await app.Tell(Sara, "account.password_changed");
        await app.Send();

        Assert.Equal("mails.error.no_tls", (await app.Look(message)).Error);
        Assert.DoesNotContain(app.Smtp.InTheClear, l => l.StartsWith("AUTH", StringComparison.Ordinal));

        app.Smtp.OffersTls = true;
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        await app.Send();
        Assert.Equal(Sara.Email, app.Smtp.Taken.Single().To.Single());
    }
}

[Trait("runs", "once")]
public sealed class NoServerTests(App app) : IClassFixture<App>
{
    [Fact]
    public async Task Without_a_server_mails_are_files()
    {
        // No EMAIL_HOST here: the messages go into files, whole, and only for the app's own eyes.
        await app.Tell(Sara, "account.reset", token: "in-the-file");
        Assert.Equal(1, await app.Send());

        var row = await app.Db(db => db.Outbox.SingleAsync());
        Assert.Equal((MailStates.WrittenToFile, null, app.Now), (row.Error, row.Secret, row.SentAt));
        var file = Directory.GetFiles(Path.Combine(app.DataDir, "mail")).Single();
        Assert.Equal($"{row.Id}.eml", Path.GetFileName(file));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        var mail = await MimeMessage.LoadAsync(file);
        Assert.Contains($"{app.Address.ToString().TrimEnd('/')}/reset/in-the-file", mail.TextBody);
    }
}

public sealed class AwayApp : MailApp
{
    protected override IEnumerable<(string Name, string Value)> Settings =>
        [("EMAIL_HOST", "127.0.0.1"), ("EMAIL_PORT", "1"), ("Outbox:DeadlineSeconds", "3")];
}

[Trait("runs", "once")]
public sealed class ServerAwayTests(AwayApp app) : IClassFixture<AwayApp>
{
    [Fact]
    public async Task A_server_that_is_away_ends_the_step_and_costs_one_attempt()
    {
        await app.Tell(Sara, "account.password_changed");
        await app.Tell(Omar, "account.password_changed");

        Assert.Equal(1, await app.Send());

        Assert.Equal([1, 0], await app.Db(db => db.Outbox.OrderBy(m => m.Id).Select(m => m.Attempts).ToListAsync()));
    }
}
