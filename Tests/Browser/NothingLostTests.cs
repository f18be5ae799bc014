using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.InBrowser;

/// <summary>Each kind of form through all that may come between a person and what they typed.</summary>
[Collection(Support.Browser.Collection)]
[Trait("runs", "once")]
public sealed class NothingLostTests(SharedApp app, Support.Browser browser) : IClassFixture<SharedApp>
{
    private static readonly string[] OnPurpose = ["503", "ERR_INTERNET_DISCONNECTED", "htmx:error"];

    /// <summary>A form as a person meets it.</summary>
    /// <param name="Path">The page that it is on.</param>
    /// <param name="Open">Shows the form, where it is not there at once.</param>
    /// <param name="Field">Where the text goes.</param>
    /// <param name="Sent">Is true once the text has arrived.</param>
    private sealed record Kind(
        string Path,
        Person Who,
        string Field,
        string Button,
        Func<string, Task<bool>> Sent,
        Func<Tab, Task>? Open = null,
        Func<Tab, Task>? Fill = null
    );

    [Theory]
    [InlineData("comment", "en", 1440)]
    [InlineData("move", "ar", 390)]
    [InlineData("assignment", "en", 1440)]
    [InlineData("edit", "en", 1440)]
    [InlineData("new", "ar", 1440)]
    [InlineData("client", "en", 390)]
    [InlineData("bulk", "en", 1440)]
    public async Task The_text_stays_and_is_sent_in_the_end(string kind, string language, int width)
    {
        var words = Infrastructure.Ui.Words.For(language);
        var text = $"Typed for {kind} {Guid.NewGuid():N}";
        var form = await Make(kind);
        await using var tab = await browser.Open(app, form.Who, language: language, width: width);
        tab.Forgiven = OnPurpose;
        var (page, context) = (tab.Page, tab.Page.Context);
        await tab.Go(form.Path);
        if (form.Open is not null)
            await form.Open(tab);
        if (form.Fill is not null)
            await form.Fill(tab);
        await page.Locator(form.Field).FillAsync(text);

        await context.SetOfflineAsync(true);
        await page.Locator(form.Button).ClickAsync();
        await IsSaid(tab, form, text, words["app.offline"]);
        await context.SetOfflineAsync(false);

        await page.RouteAsync(
            url => !url.Contains("/drafts/") && !url.Contains("/live"),
            route => route.FulfillAsync(new() { Status = 503, Body = "<h1>nginx</h1>" })
        );
        await page.Locator(".kept [data-act=again]").ClickAsync();
        await IsSaid(tab, form, text, words["kept.failed"]);
        await page.UnrouteAllAsync();

        await context.ClearCookiesAsync(new() { Name = "mdc.session" });
        await page.Locator(".kept [data-act=again]").ClickAsync();
        await IsSaid(tab, form, text, words["kept.signed_out"]);
        await tab.Expect(".kept a[target=_blank][href^='/signin?returnUrl=']").ToBeVisibleAsync();
        if (kind is "comment" or "client")
            await tab.AssertAccessible();
        await tab.AssertNoSidewaysScroll();
        Assert.False(await form.Sent(text));

        // Signing in in another tab also brings another antiforgery token.
        await tab.SignIn(app, form.Who);
        await context.ClearCookiesAsync(new() { Name = "mdc.antiforgery" });
        await page.Locator(".kept [data-act=again]").ClickAsync();
        await tab.Expect(".kept").ToHaveCountAsync(0);
        await Assertions.Expect(page.Locator(form.Field).And(page.GetByText(text))).ToHaveCountAsync(0);
        await page.WaitForFunctionAsync("() => !document.querySelector('[data-sending]')");
        await Wait.Until(() => form.Sent(text));
        Assert.DoesNotContain(
            await page.EvaluateAsync<string[]>("Object.values(sessionStorage)"),
            v => v.Contains(text)
        );
    }

    [Fact]
    public async Task What_arrived_although_its_answer_was_lost_is_not_sent_twice()
    {
        var text = $"Arrived {Guid.NewGuid():N}";
        var transaction = await app.Given.Transaction("Answer lost", status: "submitted", by: Sara);
        await using var tab = await browser.Open(app, Sara);
        tab.Forgiven = [.. OnPurpose, "ERR_FAILED"];
        await tab.Go($"/transactions/{transaction.Number}");
        await tab.Page.RouteAsync(
            "**/comments",
            async route =>
            {
                await route.FetchAsync(new() { MaxRedirects = 0 });
                await route.AbortAsync();
            }
        );
        await tab.Page.Locator("#comment").FillAsync(text);
        await tab.Page.Locator(".comment .acts button").ClickAsync();
        await tab.Expect(".comment .kept[role=alert]:focus").ToBeVisibleAsync();
        await tab.Expect("#comment").ToHaveValueAsync(text);
        Assert.Equal(1, await Count());

        // Also when the page is loaded again instead, which brings the text back.
        await tab.Page.UnrouteAllAsync();
        await tab.Page.ReloadAsync();
        await tab.Expect("#comment").ToHaveValueAsync(text);
        await tab.Page.Locator("#comment").PressAsync("Control+Enter");
        await tab.Expect(".toast").ToContainTextAsync("Comment added");
        await tab.Expect("#comment").ToHaveValueAsync("");
        Assert.Equal(1, await Count());

        // With another text it is another one, and sent when the person says so.
        await tab.Page.Locator("#comment").FillAsync(text);
        await tab.Page.EvaluateAsync(
            """
            fetch(document.querySelector('.comment').action, {
              method: 'POST', redirect: 'manual',
              body: new URLSearchParams(new FormData(document.querySelector('.comment'))),
            }).then(() => (document.title = 'sent'))
            """
        );
        await tab.Page.WaitForFunctionAsync("() => document.title === 'sent'");
        await tab.Page.Locator("#comment").FillAsync(text + " and more");
        await tab.Page.Locator("#comment").PressAsync("Control+Enter");
        await tab.Expect(".comment .kept[role=alert]:focus").ToContainTextAsync("already sent this form");
        await tab.Page.Locator(".kept [data-act=again]").ClickAsync();
        await tab.Expect(".toast").ToContainTextAsync("Comment added");
        await tab.Expect("#comment").ToHaveValueAsync("");
        Assert.Equal(2, await Count());
        Assert.True(await app.Db(db => db.History.AnyAsync(h => h.Text == text + " and more")));

        Task<int> Count() => app.Db(db => db.History.CountAsync(h => h.Text == text));
    }

    [Fact]
    public async Task Signing_in_in_another_tab_sends_what_the_end_of_the_session_held_back()
    {
        var text = $"Held back {Guid.NewGuid():N}";
        var transaction = await app.Given.Transaction("Session over", status: "submitted", by: Sara);
        await using var tab = await browser.Open(app, Sara);
        await tab.Go($"/transactions/{transaction.Number}");
        await tab.Page.Locator("#comment").FillAsync(text);
        await tab.Page.Context.ClearCookiesAsync(new() { Name = "mdc.session" });
        await tab.Page.Locator(".comment .acts button").ClickAsync();
        var link = tab.Page.Locator(".comment .kept[data-out] a[target=_blank]");

        var other = await tab.Page.Context.NewPageAsync();
        await other.GotoAsync((await link.GetAttributeAsync("href"))!);
        await other.Locator("#email").FillAsync(Sara.Email);
        await other.Locator("#password").FillAsync(Password);
        await other.Locator("#password").PressAsync("Enter");
        await Assertions.Expect(other.Locator("h1")).ToContainTextAsync("Session over");

        await tab.Expect(".toast").ToContainTextAsync("Comment added");
        await tab.Expect("#comment").ToHaveValueAsync("");
        Assert.Equal(1, await app.Db(db => db.History.CountAsync(h => h.Text == text)));
    }

    [Fact]
    public async Task What_went_out_of_sight_meanwhile_can_be_copied()
    {
        var text = $"Out of sight {Guid.NewGuid():N}";
        var transaction = await app.Given.Transaction("Handed over", status: "submitted", by: Omar, assignee: Sara);
        await using var tab = await browser.Open(app, Sara);
        await tab.Go($"/transactions/{transaction.Number}");
        await tab.Page.Locator("#comment").FillAsync(text);
        await app.Db(db =>
            db.Transactions.Where(t => t.Id == transaction.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(t => t.AssigneeId, Omar.Id))
        );

        await tab.Page.Locator(".comment .acts button").ClickAsync();
        await tab.Expect(".comment .kept:focus").ToContainTextAsync("copy it before you leave");
        await tab.Expect(".kept [data-act=copy]").ToBeVisibleAsync();
        await tab.Expect(".kept [data-act=again]").ToHaveCountAsync(0);
        await tab.Expect("#comment").ToHaveValueAsync(text);

        await tab.Page.ReloadAsync();
        await tab.Expect("#notices .kept textarea").ToHaveValueAsync(text);
    }

    [Fact]
    public async Task The_note_of_a_move_that_somebody_else_made_first_is_shown()
    {
        var text = $"Second {Guid.NewGuid():N}";
        var transaction = await app.Given.Transaction("Moved by two", status: "submitted", by: Sara);
        await using var tab = await browser.Open(app, Sara);
        await tab.Go($"/transactions/{transaction.Number}");
        await tab.Page.Locator(".move:has(#note-under_review) summary").ClickAsync();
        await tab.Page.Locator("#note-under_review").FillAsync(text);
        await tab.Page.Locator("#comment").FillAsync("Typed beside");
        (
            await app.SignedInAs(Nasser)
                .Submit($"/transactions/{transaction.Number}/status", new { to = "under_review" })
        ).Expect(303);

        await tab.Page.Locator(".move:has(#note-under_review) .acts .primary").DispatchEventAsync("click");
        await tab.Expect("[role=alert]:focus").ToBeVisibleAsync();
        await tab.Expect("#homeless").ToHaveValueAsync(text);
        await tab.Expect("#comment").ToHaveValueAsync("Typed beside");
    }

    [Fact]
    public async Task Each_tab_has_its_own_text_and_nobody_gets_another_matters_unasked()
    {
        var (one, two) = ($"First {Guid.NewGuid():N}", $"Second {Guid.NewGuid():N}");
        await using var tab = await browser.Open(app, Fahad);
        await tab.Go("/transactions/new");
        await tab.Page.Locator("#f-title").FillAsync(one);
        await tab.Expect("#kept").Not.ToBeEmptyAsync();
        var other = await tab.Page.Context.NewPageAsync();
        await other.GotoAsync("/transactions/new");
        await Assertions.Expect(other.Locator("#f-title")).ToHaveValueAsync("");
        await Assertions.Expect(other.Locator("#begun")).ToContainTextAsync(one);
        await other.Locator("#f-title").FillAsync(two);

        await Task.WhenAll(tab.Page.ReloadAsync(), other.ReloadAsync());
        await tab.Expect("#f-title").ToHaveValueAsync(one);
        await Assertions.Expect(other.Locator("#f-title")).ToHaveValueAsync(two);

        // Opened anew, and not by going back: offered, and put back by a click.
        await tab.Go("/clients/new");
        await tab.SignIn(app, Nasser);
        await tab.Go("/clients/new");
        await tab.Page.Locator("#f-nameEn").FillAsync(one);
        await tab.Go("/clients/new");
        await tab.Expect("#f-nameEn").ToHaveValueAsync("");
        await tab.Expect(".kept textarea").ToHaveValueAsync(one);
        await tab.Page.Locator(".kept [data-act=back]").ClickAsync();
        await tab.Expect("#f-nameEn").ToHaveValueAsync(one);

        // Whoever signs in next finds nothing.
        await tab.SignIn(app, Huda);
        await tab.Go("/transactions");
        Assert.Empty(await tab.Page.EvaluateAsync<string[]>("Object.keys(sessionStorage)"));
    }

    [Fact]
    public async Task Back_and_reload_bring_the_text_and_signing_out_takes_it_away()
    {
        var text = $"Half a sentence {Guid.NewGuid():N}";
        var transaction = await app.Given.Transaction("Left for a moment", status: "submitted", by: Sara);
        await using var tab = await browser.Open(app, Sara, language: "ar", width: 390, dark: true);
        await tab.Go($"/transactions/{transaction.Number}");
        await tab.Page.Locator("#comment").FillAsync(text);
        await tab.Page.ReloadAsync();
        await tab.Expect("#comment").ToHaveValueAsync(text);
        await tab.Expect(".comment .kept[role=status]").ToBeVisibleAsync();
        await tab.AssertAccessible();
        await tab.Go("/transactions");
        await tab.Page.GoBackAsync();
        await tab.Expect("#comment").ToHaveValueAsync(text);

        await tab.Page.Locator(".tools .menu summary").ClickAsync();
        await tab.Page.Locator("form[action='/signout'] button").ClickAsync();
        await tab.ExpectUrl("**/signin");
        Assert.Empty(await tab.Page.EvaluateAsync<string[]>("Object.keys(sessionStorage)"));
    }

    [Fact]
    public async Task What_is_wrong_is_said_at_the_field_and_above_in_the_pages_order_and_takes_the_focus()
    {
        var transaction = await app.Given.Transaction("Not without a note", status: "submitted", by: Sara);
        await using var tab = await browser.Open(app, Nasser);
        await tab.Go($"/transactions/{transaction.Number}");
        await tab.Page.Locator(".moves > .menu > summary").ClickAsync();
        await tab.Page.Locator(".move:has(#note-cancelled) summary").ClickAsync();
        await tab.Page.EvaluateAsync("document.querySelector('#note-cancelled').required = false");
        await tab.Page.Locator(".move[open] .acts .primary").ClickAsync();
        await tab.Expect("#note-cancelled[aria-invalid=true]:focus").ToBeVisibleAsync();
        await tab.Expect("#note-cancelled-e").ToBeVisibleAsync();
        await tab.Page.Locator("#note-cancelled").FillAsync("Withdrawn");
        await tab.Page.Locator(".move[open] .acts .primary").ClickAsync();
        // The result is said when the page is there, and the keyboard goes on where the page begins.
        await tab.Expect(".toast").ToBeVisibleAsync();
        await tab.Expect("h1").ToBeFocusedAsync();

        // A field of a new transaction says so when it is left, and no more once it is right.
        await tab.Go("/transactions/new");
        await tab.Expect("#f-client").ToBeFocusedAsync();
        await tab.Page.Locator("#f-title").FocusAsync();
        await tab.Page.Locator("#f-dueDate").FillAsync("31/02/2026");
        await tab.Page.Locator("#f-referenceNumber").FocusAsync();
        await tab.Expect("#f-title[aria-invalid=true]").ToHaveAttributeAsync("aria-describedby", "f-title-e");
        await tab.Expect("#f-dueDate-e").Not.ToBeEmptyAsync();
        await tab.Expect("#f-referenceNumber").ToBeFocusedAsync();
        await tab.AssertAccessible();
        await tab.Page.Locator("#f-title").FillAsync("Said");
        await tab.Expect("#f-title-e").ToHaveCountAsync(0);

        await tab.Go("/clients/new");
        await tab.Page.Locator("#f-crNumber").FillAsync("12");
        await tab.Page.Locator("#f-email").FillAsync("nobody");
        await tab.Page.Locator(".bar-foot .primary").ClickAsync();
        await tab.Expect("#f-nameEn").ToBeFocusedAsync();
        await tab.Expect(".say[autofocus] li")
            .ToHaveTextAsync([
                "English name: Enter a name in English or Arabic.",
                "CR number: Enter 10 digits.",
                "Email: Enter an email address such as name@company.com.",
            ]);
        await tab.AssertAccessible();
    }

    [Fact]
    public async Task While_the_system_is_read_only_the_buttons_rest_and_say_why()
    {
        var transaction = await app.Given.Transaction("Resting", status: "submitted", by: Sara);
        await using var tab = await browser.Open(app, Sara);
        await tab.Page.RouteAsync(
            "**/transactions/" + transaction.Number,
            async route =>
            {
                var answer = await route.FetchAsync();
                var page = await answer.TextAsync();
                await route.FulfillAsync(
                    new()
                    {
                        Response = answer,
                        Body = page.Replace("<html ", "<html data-lock=work data-locked='It rests.' "),
                    }
                );
            }
        );
        await tab.Go($"/transactions/{transaction.Number}");

        await tab.Expect(".comment .acts button").ToBeDisabledAsync();
        await tab.Expect(".comment .hint").ToHaveTextAsync("It rests.");
        await tab.Expect("#comment").ToBeEditableAsync();
        await tab.Expect("form[action='/signout'] button").ToBeEnabledAsync();
        await tab.Expect("form[action='/language'] button").ToBeEnabledAsync();
    }

    private static async Task IsSaid(Tab tab, Kind form, string text, string words)
    {
        await tab.Expect("form .kept[role=alert]:focus").ToContainTextAsync(words);
        await tab.Expect(form.Field).ToHaveValueAsync(text);
    }

    private async Task<Kind> Make(string kind)
    {
        if (kind == "client")
            return new(
                "/clients/new",
                Nasser,
                "#f-nameEn",
                ".bar-foot .primary",
                name => app.Db(db => db.Clients.AnyAsync(c => c.NameEn == name))
            );
        if (kind == "new")
            return new(
                "/transactions/new",
                Fahad,
                "#f-title",
                "button[value=save]",
                title => app.Db(db => db.Transactions.AnyAsync(t => t.Title == title)),
                Fill: async tab =>
                {
                    await tab.Page.Locator("#f-type").SelectOptionAsync("payment");
                    await tab.Choose("#f-client", Municipality.NameAr);
                }
            );

        var transaction = await app.Given.Transaction($"Much typed {kind}", status: "submitted", by: Sara);
        var page = $"/transactions/{transaction.Number}";
        Task<bool> InHistory(string text) =>
            app.Db(db => db.History.AnyAsync(h => h.TransactionId == transaction.Id && h.Text == text));
        return kind switch
        {
            "comment" => new(page, Sara, "#comment", ".comment .acts button", InHistory),
            "move" => new(
                page,
                Sara,
                "#note-under_review",
                ".move[open] .acts .primary",
                InHistory,
                tab => tab.Page.Locator(".move:has(#note-under_review) summary").ClickAsync()
            ),
            "assignment" => new(
                page,
                Nasser,
                "#f-reason",
                "[data-part=assign] .acts button",
                InHistory,
                Fill: tab => tab.Choose("#f-assignee", Omar.Name)
            ),
            "edit" => new(
                page + "/edit",
                Sara,
                "#f-description",
                ".bar-foot .primary",
                text => app.Db(db => db.Transactions.AnyAsync(t => t.Description == text))
            ),
            _ => new(
                "/transactions?q=" + transaction.Number,
                Nasser,
                "#f-reason",
                "form.narrow .primary",
                InHistory,
                async tab =>
                {
                    await tab.Page.Locator("tbody .pick input").First.CheckAsync();
                    await tab.Page.Locator(".bulk button[value=assign]").ClickAsync();
                    await tab.Choose("#f-assignee", Omar.Name);
                }
            ),
        };
    }
}
