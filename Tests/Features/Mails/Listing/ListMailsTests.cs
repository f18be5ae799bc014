using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Mails.Listing;

public sealed class ListMailsTests(MailApp app) : IClassFixture<MailApp>, IAsyncLifetime
{
    public Task InitializeAsync() => app.StartAnew();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Each_state_is_told_with_its_reason()
    {
        var t = await app.Given.Transaction("Listed", status: "submitted", reference: "RRM-LISTED");
        app.Smtp.Refuse = address =>
            address == Omar.Email ? "550 5.1.1 <b>no such</b> user"
            : address == Lina.Email ? "451 later"
            : null;
        await app.Tell(Sara, "transaction.created", number: t.Number);
        await app.Tell(Omar, "account.password_changed");
        await app.Tell(Lina, "account.password_changed");
        await app.Tell(Khalid, "transaction.commented", number: t.Number);
        await app.Send();
        await app.Tell(Fahad, "account.reset", token: "must-not-be-seen");

        var page = (await app.SignedInAs(Nasser).Page("/mails")).Expect(200);
        Assert.Equal(["Waiting", "Not sent", "Waiting", "Failed", "Sent"], page.Select("tbody .tag"));
        Assert.Equal(["RRM-LISTED", t.Number, "Transaction created"], page.Select("tbody tr:last-child > *").Take(3));
        Assert.Contains("550 5.1.1 <b>no such</b> user", page.Select("tbody td small bdi"));
        Assert.DoesNotContain("must-not-be-seen", page.Text);
        Assert.False(page.Has(".say.warn"));

        async Task<int> Rows(string query) =>
            (await app.SignedInAs(Nasser).Fragment("/mails?" + query)).Expect(200).Select("tbody tr").Count;
        Assert.Equal(2, await Rows("state=waiting"));
        Assert.Equal(1, await Rows("state=parked"));
        Assert.Equal(1, await Rows("state=sent"));
        Assert.Equal(1, await Rows("state=dropped"));
        Assert.Equal(0, await Rows("state=written"));
        Assert.Equal(1, await Rows("q=omar.alotaibi%40mdc"));
        Assert.Equal(1, await Rows("q=Lina+Algh&state=waiting"));
        Assert.Equal(2, await Rows("pageSize=2"));
        foreach (var wrong in new[] { "state=nothing", "q=%00", "q=" + new string('x', 201) })
            (await app.SignedInAs(Nasser).Page("/mails?" + wrong)).Expect(400);
        Assert.Equal(
            "rtl",
            (await app.SignedInAs(Nasser).In("ar").Page("/mails")).Expect(200).Attribute("html", "dir")
        );
    }

    [Fact]
    public async Task An_admin_has_a_failed_message_sent_again()
    {
        app.Smtp.Refuse = _ => "550 no";
        var message = await app.Tell(Sara, "account.reset", token: "again");
        await app.Send();
        var admin = app.SignedInAs(Nasser);

        (await admin.Submit(await admin.Page("/mails?state=parked"), $"#m-{message.Id} form")).Expect(303);
        app.Smtp.Refuse = _ => null;
        Assert.Equal(1, await app.Send());

        Assert.Contains("/reset/again", app.Smtp.Taken.Single().Message.TextBody);
        Assert.Equal(
            1,
            await app.Db(db =>
                db.Audit.CountAsync(a =>
                    a.Action == "mail.sent_again" && a.EntityKey == $"{message.Id}" && a.ActorId == Nasser.Id
                )
            )
        );
        (await admin.Submit($"/mails/{message.Id}/resend")).Expect(409);
        foreach (var wrong in new[] { "0", "-1", "x", "99999999999999999999", $"{message.Id + 1000}" })
            (await admin.Submit($"/mails/{wrong}/resend")).Expect(404);
    }

    [Fact]
    public async Task Mails_are_the_admins_business()
    {
        var message = await app.Tell(Sara, "account.password_changed");
        foreach (var person in new[] { Sara, Huda })
        {
            (await app.SignedInAs(person).Page("/mails")).Expect(403);
            (await app.SignedInAs(person).Page($"/mails/{message.Id}/eml")).Expect(403);
            (await app.SignedInAs(person).Submit($"/mails/{message.Id}/resend")).Expect(403);
        }

        (await app.Anonymous.Page("/mails")).Expect(302);
    }
}

public sealed class MailFilesTests(App app) : IClassFixture<App>
{
    [Fact]
    public async Task Without_a_server_the_page_says_so_and_gives_the_files()
    {
        await app.Tell(Sara, "account.reset", token: "by-hand");
        await app.Send();
        var id = (await app.Db(db => db.Outbox.SingleAsync())).Id;
        var admin = app.SignedInAs(Nasser);

        var page = (await admin.Page("/mails")).Expect(200);
        Assert.Contains("EMAIL_HOST", page.TextOf(".say.warn"));
        Assert.Equal(["Written to a file"], page.Select("tbody .tag"));
        Assert.DoesNotContain("by-hand", page.Text);
        var file = (await admin.Page(page.Attribute("tbody a[download]", "href")!)).Expect(200);

        Assert.Equal(("message/rfc822", "no-store"), (file.Header("Content-Type"), file.Header("Cache-Control")));
        Assert.StartsWith("attachment", file.Header("Content-Disposition"));
        Assert.Contains("/reset/by-hand", (await MimeMessage.LoadAsync(new MemoryStream(file.Bytes))).TextBody);
        Assert.Equal(
            1,
            await app.Db(db => db.Audit.CountAsync(a => a.Action == "mail.downloaded" && a.ActorId == Nasser.Id))
        );
        foreach (var wrong in new[] { $"{id + 1}", "x", "..%2F..%2Fmdc", "%2e%2e" })
            Assert.InRange((await admin.Page($"/mails/{wrong}/eml")).Status, 400, 404);
        (await app.SignedInAs(Sara).Page($"/mails/{id}/eml")).Expect(403);

        File.Delete(Directory.GetFiles(Path.Combine(app.DataDir, "mail")).Single());
        (await admin.Page($"/mails/{id}/eml")).Expect(404);
        Assert.False((await admin.Page("/mails")).Expect(200).Has("tbody a[download]"));
    }
}
