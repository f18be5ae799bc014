using MdcTts.Features.Outbox.Writing;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using MimeKit;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>Rows of an editor that only an admin may bring: asked for, released or sent back, and undone.</summary>
public sealed class ReleaseImportTests(SharedApp app) : IClassFixture<SharedApp>
{
    private readonly string _word = Guid.NewGuid().ToString("N")[..8];

    [Fact]
    public async Task An_editor_asks_an_admin_releases_and_both_hear_of_it()
    {
        using var sara = app.Api(Sara);
        using var omar = app.Api(Omar);
        using var admin = app.Api(Nasser);
        var url = await Checked(sara);
        Assert.Equal(2, (await sara.Get(url)).Number("forRelease"));
        (await omar.Post(url + "/request")).Expect(404);
        (await admin.Post(url + "/release")).Expect(409);

        Assert.Equal("waiting", (await sara.Post(url + "/request")).Expect(200)["status"]);

        (await sara.Post(url + "/request")).Expect(409);
        (await sara.Post(url + "/run")).Expect(409);
        (await sara.Post(url + "/release")).Expect(403);
        (await sara.Post(url + "/refusal", new { reason = "x" })).Expect(403);
        var asked = await Mail(url, "import.waiting", Nasser);
        Assert.Equal("An import waits for your release", asked.Subject);
        Assert.Contains("Rows that need you: \u20682\u2069", asked.TextBody, StringComparison.Ordinal);
        Assert.Contains(url, asked.TextBody, StringComparison.Ordinal);

        (await admin.Post(url + "/release")).Expect(202);
        (await admin.Post(url + "/release")).Expect(409);
        var done = await sara.Ended(url.Split('/')[^1]);
        Assert.Equal(("completed", 3, 0), (done["status"], done.Number("imported"), done.Number("rejected")));
        Assert.Equal("Your import was released", (await Mail(url, "import.released", Sara)).Subject);
        Assert.Equal(
            "completed",
            await app.Db(db =>
                db.Transactions.Where(t => t.Title == "Status " + _word).Select(t => t.Status).SingleAsync()
            )
        );

        (await sara.Delete(url)).Expect(200);
        Assert.Equal(0, await app.Db(db => db.Transactions.CountAsync(t => t.Title.EndsWith(_word))));
        Assert.False((await sara.Get(url)).Json.TryGetProperty("unusedClients", out _));
        (await sara.Delete(url + "/clients")).Expect(403);
        Assert.Equal(
            "New " + _word,
            (await admin.Get(url)).Json.GetProperty("unusedClients")[0].GetProperty("name").GetString()
        );
        (await admin.Delete(url + "/clients")).Expect(200);
        Assert.False(await app.Db(db => db.Clients.AnyAsync(c => c.NameEn == "New " + _word)));
        Assert.Equal("import-no-unused-clients", (await admin.Delete(url + "/clients")).Expect(409).Problem);
    }

    [Theory]
    [InlineData("en", "Ask an administrator to release 2 more rows", "An administrator sent this import back: Known")]
    [InlineData("ar", "طلب اعتماد صفين إضافيين من مدير النظام", "أُعيد هذا الاستيراد بواسطة مدير النظام: Known")]
    public async Task What_an_admin_sends_back_with_a_reason_is_as_it_was_checked(
        string language,
        string ask,
        string told
    )
    {
        using var api = app.Api(Sara);
        using var sara = app.SignedInAs(Sara).In(language);
        using var nasser = app.SignedInAs(Nasser).In(language);
        var url = await Checked(api);
        var page = await sara.Page(url);
        Assert.Equal(ask, page.TextOf($"button[formaction='{url}/request']"));
        (await sara.Submit(url + "/request")).Expect(303);
        Assert.False((await sara.Page(url)).Has($"form[action='{url}/release']"));
        var waiting = await nasser.Page(url);
        Assert.True(waiting.Has($"form[action='{url}/release']"));

        (await nasser.Submit(waiting, $"form[action='{url}/refusal']")).Expect(422);
        (await nasser.Submit(waiting, $"form[action='{url}/refusal']", new { reason = "Known" })).Expect(303);

        Assert.StartsWith(told, (await sara.Page(url)).TextOf("#refusal"), StringComparison.Ordinal);
        Assert.Equal("Known", (await api.Get(url))["refusal"]);
        Assert.Contains("Known", (await Mail(url, "import.refused", Sara)).TextBody, StringComparison.Ordinal);
        Assert.Null(await Written(url, "import.waiting", Nasser));
        (await nasser.Submit(url + "/refusal", new { reason = "Again" })).Expect(409);
        (await sara.Submit(url + "/run")).Expect(303);
        Assert.Equal(1, (await api.Ended(url.Split('/')[^1])).Number("imported"));
    }

    [Fact]
    public async Task An_import_of_a_script_waits_by_itself_with_its_good_rows()
    {
        using var sara = app.Api(Sara);
        using var admin = app.Api(Nasser);
        var file = Registers.Of(
            Registers.Row("Good " + _word),
            Registers.Row("Status " + _word, status: "Completed"),
            Registers.Row("Wrong " + _word, due: "2025-02-31")
        );

        var first = await sara.Import(file);
        var url = "/transactions/imports/" + first["id"];

        Assert.Equal(("waiting", 0, 2, 1), Numbers(first));
        Assert.Equal("An import waits for your release", (await Mail(url, "import.waiting", Nasser)).Subject);
        (await admin.Post(url + "/refusal", new { reason = "Not yet" })).Expect(200);
        (await sara.Post(url + "/corrections", new { names = Array.Empty<object>() })).Expect(202);
        // Who was sent back is asked again, even when the script had said to go on.
        Assert.Equal(("checked", 0, 2, 1), Numbers(await sara.Ended(first["id"]!)));
        (await sara.Post(url + "/run")).Expect(202);
        Assert.Equal(("completed", 1, 2, 0), Numbers(await sara.Ended(first["id"]!)));

        var second = await sara.Import(file);
        (await admin.Post($"/transactions/imports/{second["id"]}/release")).Expect(202);
        Assert.Equal(1, (await sara.Ended(second["id"]!)).Number("rejected"));
        Assert.Equal(3, await app.Db(db => db.Transactions.CountAsync(t => t.Title.EndsWith(_word))));

        static (string?, int, int, int) Numbers(ApiAnswer answer) =>
            (answer["status"], answer.Number("imported"), answer.Number("rejected"), answer.Number("forRelease"));
    }

    [Theory]
    [InlineData("en", "An administrator must release an import that creates clients.")]
    [InlineData("ar", "الاستيراد الذي ينشئ عملاء يحتاج إلى اعتماد مدير النظام.")]
    public async Task All_new_clients_of_an_editors_file_wait_for_an_admin(string language, string hint)
    {
        using var sara = app.Api(Sara);
        using var admin = app.Api(Nasser);
        var file = Registers.Of(
            Registers.Row("Known " + _word),
            Registers.Row("New " + _word, client: "Wanted " + _word),
            Registers.Row("Meant " + _word, client: "Misspelt " + _word),
            Registers.Row("Wrong " + _word, client: "Wanted " + _word, due: "2025-02-31")
        );
        var waits = await sara.Import(file, ("createClients", "true"));
        Assert.Equal(("waiting", 2, 3), (waits["status"], waits.Number("forRelease"), waits.Number("rejected")));
        Assert.NotNull(await Mail("/" + waits["id"], "import.waiting", Nasser));
        Assert.Contains(
            $"3 Client=Wanted {_word}: Only an admin can create this client. Ask one to release this import.",
            waits.Errors()
        );

        // On the page: asked for with a box, and a name may still mean a client that is here.
        using var page = app.SignedInAs(Sara).In(language);
        var upload = await page.Page("/transactions/imports");
        Assert.True(upload.Has("form[data-upload] input[name=createClients]:not([checked])"));
        Assert.Contains(hint, upload.TextOf("form[data-upload]"), StringComparison.Ordinal);
        (
            await page.Submit("/transactions/imports", [("createClients", "true"), ("text", Pasted("Pasted " + _word))])
        ).Expect(303);
        var id = await app.Db(db =>
            db.Imports.Where(i => i.CreatedById == Sara.Id).OrderByDescending(i => i.Id).Select(i => i.Id).FirstAsync()
        );
        await sara.Ended($"{id}");
        var seen = await page.Page($"/transactions/imports/{id}");
        Assert.True(
            seen.Has($"input[name='{CorrectionFields.Name(Parsing.RegisterField.Client, "Pasted " + _word)}']")
        );
        Assert.False(seen.Has($"input[name='{CorrectionFields.Create("Pasted " + _word)}']"));
        Assert.True(seen.Has($"input[placeholder='{(language == "en" ? "New client" : "عميل جديد")}']"));
        Assert.True(
            seen.Has($"button[formaction='/transactions/imports/{id}/request'], form[action$='/request'] button")
        );
        (await sara.Delete($"/transactions/imports/{id}")).Expect(200);

        var url = $"/transactions/imports/{waits["id"]}";
        (await admin.Post(url + "/refusal", new { reason = "One is misspelt" })).Expect(200);
        var names = new[]
        {
            new
            {
                field = "client",
                text = "Misspelt " + _word,
                means = Hospital.NameEn,
            },
        };
        (await sara.Post(url + "/corrections", new { names })).Expect(202);
        var mended = await sara.Ended(waits["id"]!);
        Assert.Equal(("checked", 1), (mended["status"], mended.Number("forRelease")));
        (await sara.Post(url + "/request")).Expect(200);
        (await admin.Post(url + "/release")).Expect(202);
        Assert.Equal(3, (await sara.Ended(waits["id"]!)).Number("imported"));
        Assert.Equal(1, await app.Db(db => db.Clients.CountAsync(c => c.NameEn!.EndsWith(_word))));
    }

    private static string Pasted(string client) => $"Title\tClient\tType\r\nPasted\t{client}\tPayment\r\n";

    [Fact]
    public async Task Admins_see_how_many_wait_beside_the_menu_and_on_the_page_of_imports()
    {
        using var sara = app.Api(Sara);
        using var nasser = app.SignedInAs(Nasser);
        var url = await Checked(sara);
        (await sara.Post(url + "/request")).Expect(200);

        var page = await nasser.Page("/transactions/imports");

        var count = await app.Db(db => db.Imports.CountAsync(i => i.Status == ImportStatus.Waiting));
        Assert.Equal($"{count}", page.TextOf(".side a[href='/transactions/imports'] .n"));
        Assert.True(page.Has($"#waiting a[href='{url}']"));
        var own = await app.SignedInAs(Sara).Page("/transactions/imports");
        Assert.False(own.Has("#waiting"));
        Assert.False(own.Has(".side a[href='/transactions/imports'] .n"));
        // The page of who waits hears of the decision, and so do the admins' pages.
        Assert.True((await app.SignedInAs(Sara).Page(url)).Has("#import.waits"));
        (await sara.Delete(url)).Expect(200);
        Assert.False((await nasser.Page("/transactions/imports")).Has($"#waiting a[href='{url}']"));
    }

    [Fact]
    public async Task There_is_nothing_to_ask_for_without_such_rows_and_a_request_can_be_withdrawn()
    {
        using var sara = app.Api(Sara);
        var plain = await sara.Import(Registers.Of(Registers.Row("Plain " + _word)), ("mode", "validate"));
        Assert.Equal(
            "import-nothing-to-release",
            (await sara.Post($"/transactions/imports/{plain["id"]}/request")).Expect(409).Problem
        );
        (await sara.Post($"/transactions/imports/{plain["id"]}/request?existing=merge")).Expect(400);
        var url = await Checked(sara);
        (await sara.Post(url + "/request")).Expect(200);

        (await sara.Delete(url)).Expect(200);

        using var admin = app.Api(Nasser);
        (await admin.Post(url + "/release")).Expect(409);
        (await admin.Post("/transactions/imports/999999/release")).Expect(404);
        (await admin.Post("/transactions/imports/999999/refusal", new { reason = "x" })).Expect(404);
        (await admin.Delete("/transactions/imports/999999/clients")).Expect(404);
        (await admin.Delete($"/transactions/imports/{plain["id"]}/clients")).Expect(409);
    }

    [Theory]
    [InlineData("en", "Remove 1 client")]
    [InlineData("ar", "حذف العميل")]
    public async Task An_undo_offers_to_remove_only_clients_that_nobody_uses(string language, string offer)
    {
        using var api = app.Api(Nasser);
        using var nasser = app.SignedInAs(Nasser).In(language);
        var answer = await api.Import(
            Registers.Of(
                Registers.Row("U " + _word, client: "Unused " + _word),
                Registers.Row("V " + _word, client: "Used " + _word)
            )
        );
        var url = $"/transactions/imports/{answer["id"]}";
        await app.Db(async db =>
        {
            var used = await db.Clients.SingleAsync(c => c.NameEn == "Used " + _word);
            var project = await db.Projects.AddAsync(
                new()
                {
                    Code = "PRJ-" + _word,
                    NameEn = "Uses it",
                    ClientId = used.Id,
                    CreatedAt = app.Now,
                }
            );
            return await db.SaveChangesAsync();
        });
        (await api.Delete(url)).Expect(200);

        var page = await nasser.Page(url);

        Assert.Equal("Unused " + _word, page.TextOf("#unused li"));
        Assert.Equal(offer, page.TextOf("#unused button"));
        (await nasser.Submit(page, "#unused form")).Expect(303);
        Assert.Equal(
            ["Used " + _word],
            await app.Db(db => db.Clients.Where(c => c.NameEn!.EndsWith(_word)).Select(c => c.NameEn).ToListAsync())
        );
    }

    /// <summary>One good row, one with a status of admins, one with a client that the editor wants made.</summary>
    private async Task<string> Checked(ApiClient api)
    {
        var file = Registers.Of(
            Registers.Row("Good " + _word),
            Registers.Row("Status " + _word, status: "Completed"),
            Registers.Row("Client " + _word, client: "New " + _word)
        );
        var url = "/transactions/imports/" + (await api.Import(file, ("mode", "validate")))["id"];
        var names = new[]
        {
            new
            {
                field = "client",
                text = "New " + _word,
                create = true,
            },
        };
        (await api.Post(url + "/corrections", new { names })).Expect(202);
        await api.Ended(url.Split('/')[^1]);
        return url;
    }

    private async Task<MimeMessage> Mail(string url, string @event, Person to) =>
        await Written(url, @event, to) ?? throw new Xunit.Sdk.XunitException($"No {@event} for {to}");

    private async Task<MimeMessage?> Written(string url, string @event, Person to)
    {
        var id = url.Split('/')[^1];
        var message = await app.Db(db =>
            db.Outbox.SingleAsync(m =>
                m.Event == @event && m.RecipientId == to.Id && m.Args.StartsWith("[\"" + id + "\"")
            )
        );
        return (await app.With<WriteMail, Outbox.Mail>(write => write.Handle(message, CancellationToken.None))).Message;
    }
}
