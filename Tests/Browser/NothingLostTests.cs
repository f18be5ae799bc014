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
                    await tab
                        .Page.Locator("#f-client")
                        .SelectOptionAsync(new SelectOptionValue { Label = Municipality.NameAr });
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
                Fill: tab =>
                    tab.Page.Locator("#f-assignee").SelectOptionAsync(new SelectOptionValue { Label = Omar.Name })
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
                    await tab
                        .Page.Locator("#f-assignee")
                        .SelectOptionAsync(new SelectOptionValue { Label = Omar.Name });
                }
            ),
        };
    }
}
