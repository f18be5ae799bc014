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
    [InlineData("en", 1440, true)]
    [InlineData("ar", 390, true)]
    [InlineData("en", 390, false)]
    public async Task A_comment_of_an_old_page_is_sent_after_all(string language, int width, bool script)
    {
        var words = Infrastructure.Ui.Words.For(language);
        var text = $"Still here {Guid.NewGuid():N}";
        var transaction = await app.Given.Transaction("Discussed for long", status: "submitted", by: Sara);
        await using var tab = await browser.Open(app, Sara, language: language, width: width, script: script);
        await tab.Go($"/transactions/{transaction.Number}");
        await tab.Page.Locator("textarea[name=text]").FillAsync(text);
        await tab.Page.Context.ClearCookiesAsync(new() { Name = "mdc.antiforgery" });
        await tab.Page.Locator("form:has(textarea[name=text]) button").Last.ClickAsync();

        await tab.Expect("h1").ToHaveTextAsync(words["stale.title"]);
        await tab.Expect("textarea[readonly]").ToHaveValueAsync(text);
        // The check itself is a script.
        if (script)
            await tab.AssertAccessible();
        await tab.AssertNoSidewaysScroll();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = words["stale.send"] }).ClickAsync();

        await tab.ExpectUrl($"**/transactions/{transaction.Number}*");
        await tab.Expect("main").ToContainTextAsync(text);
        Assert.Equal(1, await app.Db(db => db.History.CountAsync(h => h.Text == text)));
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
        await tab.Page.Locator("#f-client").SelectOptionAsync(new SelectOptionValue { Label = Municipality.NameEn });
        await tab.Expect("#kept").Not.ToBeEmptyAsync();
        await tab.Page.Locator("button[name=do][value=save]").ClickAsync();

        await tab.Expect("h1").ToContainTextAsync(title);
    }
}
