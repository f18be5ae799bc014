using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.InBrowser;

/// <summary>A form that was open while the browser got another antiforgery cookie.</summary>
[Collection(Support.Browser.Collection)]
[Trait("runs", "once")]
public sealed class StaleFormTests(SharedApp app, Support.Browser browser) : IClassFixture<SharedApp>
{
    [Theory]
    [InlineData("en", 1440)]
    [InlineData("ar", 390)]
    public async Task A_comment_of_an_old_page_is_sent_with_a_new_token_and_nobody_notices(string language, int width)
    {
        var text = $"Still here {Guid.NewGuid():N}";
        var transaction = await app.Given.Transaction("Discussed for long", status: "submitted", by: Sara);
        await using var tab = await browser.Open(app, Sara, language: language, width: width);
        await SendFromOldPage(tab, transaction.Number, text);

        await tab.Expect(".toast").ToContainTextAsync(Infrastructure.Ui.Words.For(language)["comment.added"]);
        await tab.Expect("[data-part=line]").ToContainTextAsync(text);
        Assert.Equal(1, await app.Db(db => db.History.CountAsync(h => h.Text == text)));
    }

    [Fact]
    public async Task Without_script_the_comment_of_an_old_page_is_shown_and_sent_again()
    {
        var words = Infrastructure.Ui.Words.For("en");
        var text = $"Still here {Guid.NewGuid():N}";
        var transaction = await app.Given.Transaction("Discussed for long", status: "submitted", by: Sara);
        await using var tab = await browser.Open(app, Sara, width: 390, script: false);
        await SendFromOldPage(tab, transaction.Number, text);

        await tab.Expect("h1").ToHaveTextAsync(words["stale.title"]);
        await tab.Expect("textarea[readonly]").ToHaveValueAsync(text);
        await tab.AssertNoSidewaysScroll();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = words["stale.send"] }).ClickAsync();

        await tab.ExpectUrl($"**/transactions/{transaction.Number}*");
        await tab.Expect("main").ToContainTextAsync(text);
        Assert.Equal(1, await app.Db(db => db.History.CountAsync(h => h.Text == text)));
    }

    [Fact]
    public async Task Nothing_is_sent_in_the_name_of_somebody_else_unasked()
    {
        var text = $"Whose is it {Guid.NewGuid():N}";
        var transaction = await app.Given.Transaction("Discussed by two", status: "submitted", by: Sara);
        await using var tab = await browser.Open(app, Sara);
        await tab.Go($"/transactions/{transaction.Number}");
        await tab.Page.Locator("#comment").FillAsync(text);
        await tab.SignIn(app, Nasser);
        await tab.Page.Locator(".comment button").ClickAsync();

        await tab.Expect(".comment .kept").ToContainTextAsync($"signed in as {Nasser.Name}");
        Assert.False(await app.Db(db => db.History.AnyAsync(h => h.Text == text)));
        await tab.Page.Locator(".kept [data-act=again]").ClickAsync();
        await tab.Expect("[data-part=line]").ToContainTextAsync(text);
    }

    [Fact]
    public async Task A_form_that_keeps_its_draft_goes_on_with_a_new_token_and_nobody_notices()
    {
        var title = $"Typed for long {Guid.NewGuid():N}";
        await using var tab = await browser.Open(app, Sara);
        await tab.Go("/transactions/new");
        await tab.Page.Context.ClearCookiesAsync(new() { Name = "mdc.antiforgery" });
        var renewed = tab.Page.WaitForResponseAsync(r => r.Url.Contains("/transactions/drafts/") && r.Status == 204);
        await tab.Page.Locator("#f-title").FillAsync(title);
        await renewed;
        await tab.Page.Locator("#f-type").SelectOptionAsync("payment");
        await tab.Choose("#f-client", Municipality.NameEn);
        await tab.Expect("#kept").Not.ToBeEmptyAsync();
        await tab.Page.Locator("button[name=do][value=save]").ClickAsync();

        await tab.Expect("h1").ToContainTextAsync(title);
    }

    private static async Task SendFromOldPage(Tab tab, string number, string text)
    {
        await tab.Go($"/transactions/{number}");
        await tab.Page.Locator("#comment").FillAsync(text);
        await tab.Page.Context.ClearCookiesAsync(new() { Name = "mdc.antiforgery" });
        await tab.Page.Locator(".comment button").ClickAsync();
    }
}
