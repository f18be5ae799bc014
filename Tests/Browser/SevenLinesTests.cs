using MdcTts.Infrastructure.Security;
using MdcTts.Support;
using Microsoft.Playwright;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.InBrowser;

/// <summary>What the firm asked for in seven lines, as people meet it.</summary>
[Collection(Support.Browser.Collection)]
[Trait("runs", "once")]
public sealed class SevenLinesTests(SharedApp app, Support.Browser browser) : IClassFixture<SharedApp>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Line_1_anybody_tracks_a_transaction_and_reads_its_number_date_and_last_action_and_nothing_else(
        bool script
    )
    {
        var t = await app.Given.Transaction(
            "A secret title",
            status: "under_review",
            reference: script ? "RRM-1/1" : "RRM-1/2",
            note: "Received and complete.",
            notes: "Internal words",
            due: app.Today.AddDays(3)
        );
        await using var tab = await browser.Open(app, script: script);
        await tab.Go("/track");

        await tab.Page.GetByLabel("Transaction number").FillAsync(t.Number);
        await tab.Page.GetByLabel("Reference number").FillAsync(t.ReferenceNumber!);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Track" }).ClickAsync();

        await tab.Expect("h1").ToHaveTextAsync(t.Number);
        await tab.Expect("dl.track dd").ToHaveCountAsync(2);
        await tab.Expect("dl.track").ToContainTextAsync("Under review");
        await tab.Expect("dl.track").ToContainTextAsync("Received and complete.");
        await tab.Expect("dl.track time").ToHaveAttributeAsync("datetime", "2026-11-22");
        var html = await tab.Page.ContentAsync();
        Check.None(
            new[]
            {
                t.Title,
                t.ReferenceNumber!,
                Municipality.NameEn,
                Sara.Name,
                "Internal words",
                "approval_request",
            }.Where(html.Contains),
            "A stranger reads"
        );
    }

    [Fact]
    public async Task Line_2_a_person_registers_an_admin_activates_them_and_only_then_can_they_sign_in()
    {
        var waiting = new Person(0, "Maha Alzahrani", "maha@rrm.example", Role.Client);
        await using (var tab = await browser.Open(app))
        {
            await tab.Go("/signin");
            await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Register" }).ClickAsync();
            await tab.Page.Locator("#f-fullName").FillAsync(waiting.Name);
            await tab.Page.Locator("#f-email").FillAsync(waiting.Email);
            await tab.Page.Locator("#f-phone").FillAsync("0551234567");
            await tab.Page.Locator("#f-company").FillAsync("The municipality");
            await tab.Page.Locator("#f-identityKind").SelectOptionAsync("company");
            await tab.Page.Locator("#f-identityNumber").FillAsync("1010123456");
            await tab.Page.Locator("#f-password").FillAsync(Password);
            await tab.Page.Locator("#f-repeat").FillAsync(Password);
            await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Register" }).ClickAsync();
            await tab.Expect("h1").ToContainTextAsync("Check your email");
            await SignIn(tab, waiting);
            await tab.Expect("h1").ToContainTextAsync("Waiting");
            await tab.Go("/transactions");
            Assert.Contains("/signin", tab.Page.Url, StringComparison.Ordinal);
            await tab.Go("/register/confirm/" + await app.TokenFor(waiting.Email, "account.confirm"));
            await tab.Page.Locator("form[action^='/register/confirm/'] button").ClickAsync();
            await tab.ExpectUrl("**/register/confirmed");
        }

        await using (var tab = await browser.Open(app, Nasser))
        {
            await tab.Go("/users?status=pending&q=" + Uri.EscapeDataString(waiting.Name));
            await tab.Page.GetByRole(AriaRole.Link, new() { Name = waiting.Name }).ClickAsync();
            await tab.Page.Locator("#f-role").SelectOptionAsync("client");
            await tab.Choose("#f-clientId", Municipality.NameEn);
            await tab.Page.Locator("#f-status").SelectOptionAsync("active");
            await tab.Page.Locator(".bar-foot button.primary").ClickAsync();
            await tab.Expect("#toasts").ToContainTextAsync(waiting.Name);
        }

        await using (var tab = await browser.Open(app))
        {
            await SignIn(tab, waiting);
            await tab.Expect("nav.side").ToBeVisibleAsync();
        }
    }

    [Theory]
    [InlineData("Nasser Alqahtani", "/transactions")]
    [InlineData("Sara Alharbi", "/transactions")]
    [InlineData("Huda Alshehri", "/transactions")]
    [InlineData("Sara Alharbi", "/transactions/drafts")]
    [InlineData("Nasser Alqahtani", "/transactions/deleted")]
    public async Task Line_3_every_table_shows_the_reference_number_first_then_the_transaction_number(
        string name,
        string url
    )
    {
        var states = url switch
        {
            "/transactions/drafts" => ("draft", false),
            "/transactions/deleted" => ("submitted", true),
            _ => ("submitted", false),
        };
        var t = await app.Given.Transaction(
            "Order of columns",
            status: states.Item1,
            deleted: states.Item2,
            reference: "FIRST-" + Guid.NewGuid().ToString("N")[..6]
        );
        foreach (var language in new[] { "en", "ar" })
        {
            await using var tab = await browser.Open(app, Everybody.Single(p => p.Name == name), language);
            await tab.Go(url);

            var row = tab.Page.Locator("tbody tr", new() { HasText = t.ReferenceNumber });
            var cells = (await row.Locator("th, td:not(.pick)").AllInnerTextsAsync()).Take(2).Select(c => c.Trim());
            Assert.Equal([t.ReferenceNumber!, t.Number], cells);
            // On the screen too: the reference number begins where the row begins.
            var first = (await row.Locator("th").BoundingBoxAsync())!;
            var second = (await row.Locator("td:not(.pick)").First.BoundingBoxAsync())!;
            Assert.True(
                language == "en" ? first.X < second.X : first.X > second.X,
                $"{language}: {first.X} and {second.X}"
            );
        }
    }

    [Fact]
    public async Task Lines_4_to_7_a_client_views_and_downloads_and_can_do_nothing_else()
    {
        var t = await app.Given.Transaction(
            "Facade approval for a client who looks",
            status: "in_progress",
            note: "Work has begun.",
            notes: "Not for clients"
        );
        (await app.SignedInAs(Sara).Submit($"/transactions/{t.Number}/comments", new { text = "Between us" })).Expect(
            303
        );
        await using var tab = await browser.Open(app, Huda);
        await tab.Go("/transactions");

        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Facade approval for a client who looks" }).ClickAsync();
        await tab.ExpectUrl("**/transactions/" + t.Number);

        var text = await tab.Text();
        Assert.Contains("Work has begun.", text, StringComparison.Ordinal);
        Check.None(
            new[] { "Between us", "Not for clients", "omment", "ttachment", "upport" }.Where(text.Contains),
            "A client reads"
        );
        // Of the page itself nothing can be typed or sent, and one thing can be fetched.
        await tab.Expect("main :is(form, textarea, input, button, select, details)").ToHaveCountAsync(0);
        Assert.Equal(
            ["Download PDF"],
            (await tab.Page.Locator("main a.btn").AllInnerTextsAsync()).Select(a => a.Trim())
        );
        var links = await tab
            .Page.Locator("nav.side a")
            .EvaluateAllAsync<string[]>("links => links.map(a => a.getAttribute('href'))");
        Assert.Equal(["/", "/", "/transactions"], links);
        var download = await tab.Page.RunAndWaitForDownloadAsync(() =>
            tab.Page.GetByRole(AriaRole.Link, new() { Name = "Download PDF" }).ClickAsync()
        );
        await using var file = await download.CreateReadStreamAsync();
        var start = new byte[5];
        await file.ReadExactlyAsync(start);
        Assert.Equal("%PDF-"u8.ToArray(), start);
    }

    private static async Task SignIn(Tab tab, Person person)
    {
        await tab.Go("/signin");
        await tab.Page.GetByLabel("Email").FillAsync(person.Email);
        await tab.Page.GetByLabel("Password").FillAsync(Password);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
    }
}
