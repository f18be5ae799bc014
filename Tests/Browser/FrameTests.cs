using MdcTts.Support;
using Microsoft.Playwright;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.InBrowser;

/// <summary>Keyboard, filters, going back, language, theme and the phone's bar.</summary>
[Collection(Support.Browser.Collection)]
[Trait("runs", "postgres")]
public sealed class FrameTests(App app, Support.Browser browser) : IClassFixture<App>
{
    [Fact]
    public async Task The_register_is_driven_from_the_keyboard()
    {
        await app.Given.Transactions(3, i => $"Keyboard {i}", status: "submitted");
        await using var tab = await browser.Open(app, Nasser);
        var keys = tab.Page.Keyboard;
        await tab.Go("/transactions?q=Keyboard&sort=title");

        await keys.PressAsync("?");
        await tab.Expect("#keys").ToBeVisibleAsync();
        await keys.PressAsync("Escape");
        await tab.Expect("#keys").ToBeHiddenAsync();
        await keys.PressAsync("j");
        await keys.PressAsync("j");
        await keys.PressAsync("j");
        await keys.PressAsync("k");
        await tab.Expect("tbody tr:nth-child(2)").ToBeFocusedAsync();
        await keys.PressAsync("x");
        await tab.Expect("tbody tr:nth-child(2) .pick input").ToBeCheckedAsync();
        await tab.Expect(".bulk [data-count]").ToHaveTextAsync("1");
        await keys.PressAsync("Enter");
        await tab.Expect("h1").ToContainTextAsync("Keyboard 1");
        await tab.Expect("#walk").ToContainTextAsync("2 of 3");
        await tab.Expect("#beside").ToBeHiddenAsync();
        await tab.Page.SetViewportSizeAsync(1600, 900);
        await tab.Expect("#beside [aria-current=page]").ToContainTextAsync("Keyboard 1");
        await tab.AssertAccessible();
        await tab.Page.SetViewportSizeAsync(1440, 900);
        await keys.PressAsync("j");
        await tab.Expect("h1").ToContainTextAsync("Keyboard 2");
        await tab.Expect("#walk [rel=next]:not([href])").ToHaveCountAsync(1);
        await tab.Expect(".crumbs a").ToHaveAttributeAsync("href", "/transactions?q=Keyboard&sort=title");

        await tab.Page.GoBackAsync();
        await tab.Page.GoBackAsync();
        await keys.PressAsync("/");
        await tab.Expect("#q").ToBeFocusedAsync();
        await keys.PressAsync("n");
        await tab.Expect("#q").ToHaveValueAsync("n");
        await keys.PressAsync("Escape");
        await keys.PressAsync("n");
        await tab.ExpectUrl("**/transactions/new");
    }

    [Fact]
    public async Task The_search_suggests_while_one_types_and_arrows_choose()
    {
        var t = await app.Given.Transaction("مخطط الموقع العام", status: "submitted", reference: "SUG-77/1");
        await using var tab = await browser.Open(app, Nasser);
        await tab.Go("/");

        var keys = tab.Page.Keyboard;
        await tab.Page.Locator(".side a").Nth(1).FocusAsync();

        await keys.PressAsync("Control+k");
        await tab.Expect("#hits [role=option][href='/transactions/new']").ToBeVisibleAsync();
        await keys.TypeAsync("SUG-77");
        await tab.Expect("#hits [role=group]:first-child a:first-child").ToContainTextAsync(t.Number);
        await tab.AssertAccessible();
        await keys.PressAsync("ArrowDown");
        await tab.Expect("#q[aria-activedescendant=hit-0]").ToBeFocusedAsync();
        await keys.PressAsync("Escape");
        await tab.Expect("#hits").ToBeHiddenAsync();
        await tab.Expect(".side a:nth-child(1):focus").ToHaveCountAsync(1);
        await keys.PressAsync("/");
        await tab.Expect("#hits").ToBeVisibleAsync();
        await keys.PressAsync("Control+k");
        await tab.Expect("#hits").ToBeHiddenAsync();
        await keys.PressAsync("/");
        await tab.Expect("#hits").ToBeVisibleAsync();
        await tab.Page.Mouse.ClickAsync(1300, 850);
        await tab.Expect("#hits").ToBeHiddenAsync();

        // What is meant without doubt opens at once, also when it is typed faster than the answer comes.
        await keys.PressAsync("Control+k");
        await keys.TypeAsync("sug 77/1");
        await keys.PressAsync("Enter");
        await tab.ExpectUrl("**/transactions/" + t.Number);
        await tab.Expect("html.js #timeline").ToBeVisibleAsync();
        await keys.PressAsync("/");
        await tab.Expect("#hits [role=option]:has-text('Download PDF')").ToBeVisibleAsync();
        await keys.PressAsync("Escape");
        await tab.Go("/");
        await keys.PressAsync("/");
        await tab.Expect("#hits [role=group]:first-child a").ToContainTextAsync("SUG-77/1");
    }

    [Fact]
    public async Task A_transaction_is_moved_on_by_keys_alone_and_keys_can_be_switched_off()
    {
        var t = await app.Given.Transaction("Verbs", status: "submitted", reference: "VERB-1");
        await using var tab = await browser.Open(app, Nasser);
        var keys = tab.Page.Keyboard;
        await tab.Go("/transactions/" + t.Number);

        foreach (
            var (key, field) in new[]
            {
                ("h", "#f-holder"),
                ("d", "#f-dueDate"),
                ("c", "#comment"),
                ("a", "#f-assignee"),
            }
        )
        {
            await keys.PressAsync(key);
            await tab.Expect(field).ToBeFocusedAsync();
            await tab.Page.EvaluateAsync("document.activeElement.blur()");
        }

        await keys.PressAsync("c");
        await keys.TypeAsync("@sar");
        await tab.Expect("#comment-names [aria-selected=true]").ToHaveTextAsync(Sara.Name);
        await keys.PressAsync("Enter");
        await tab.Expect("#comment").ToHaveValueAsync($"@{Sara.Name} ");
        await tab.Page.Locator("#comment").FillAsync("");
        await tab.Page.EvaluateAsync("document.activeElement.blur()");

        await keys.PressAsync("m");
        await keys.TypeAsync("Mine now, m and all");
        await keys.PressAsync("Control+Enter");
        await tab.Expect(".steps [aria-current=step]").ToHaveTextAsync("Under review");
        await tab.Expect("#timeline").ToContainTextAsync("Mine now, m and all");

        await keys.PressAsync("?");
        await tab.Page.Locator("[data-keys]").UncheckAsync();
        await keys.PressAsync("Escape");
        await keys.PressAsync("c");
        await keys.PressAsync("Control+k");
        await tab.Expect("#q").ToBeFocusedAsync();
        await keys.PressAsync("Escape");
        await tab.Expect("#comment").ToHaveValueAsync("");
        await tab.Expect("#comment").Not.ToBeFocusedAsync();
    }

    [Fact]
    public async Task An_answer_that_comes_late_does_not_take_the_chosen_suggestion_away()
    {
        var t = await app.Given.Transaction("Late", status: "submitted", reference: "LATE-88");
        await using var tab = await browser.Open(app, Nasser);
        await tab.Go("/");
        var isChosen = new TaskCompletionSource();
        await tab.Page.RouteAsync(
            "**/suggestions?q=LATE-88",
            async route =>
            {
                await isChosen.Task;
                await route.ContinueAsync();
            }
        );
        await tab.Page.Keyboard.PressAsync("Control+k");
        await tab.Page.Keyboard.TypeAsync("LATE-8");
        await tab.Expect("#hits [role=group]:first-child a:first-child").ToContainTextAsync(t.Number);

        await tab.Page.RunAndWaitForRequestAsync(() => tab.Page.Keyboard.TypeAsync("8"), "**/suggestions?q=LATE-88");
        await tab.Page.Keyboard.PressAsync("ArrowDown");
        var answer = tab.Page.WaitForResponseAsync("**/suggestions?q=LATE-88");
        isChosen.SetResult();
        await (await answer).FinishedAsync();

        await tab.Expect("#hits [role=group]:first-child a:first-child[aria-selected=true]").ToBeVisibleAsync();
        await tab.Page.Keyboard.PressAsync("Enter");
        await tab.ExpectUrl("**/transactions/" + t.Number);
    }

    [Fact]
    public async Task Filters_are_typed_chosen_and_taken_away_again_as_chips()
    {
        await app.Given.Transaction("Chips one", status: "submitted", priority: Features.Transactions.Priority.Urgent);
        await app.Given.Transaction("Chips two", status: "submitted");
        await using var tab = await browser.Open(app, Nasser);
        await tab.Go("/transactions");

        await tab.Page.Locator(".filter input[name=q]").FillAsync("chips");
        await tab.Page.Keyboard.PressAsync("Enter");
        await tab.ExpectUrl("**/transactions?q=chips");
        await tab.Expect("tbody tr").ToHaveCountAsync(2);
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "More filters" }).ClickAsync();
        await tab.Page.GetByLabel("Priority").SelectOptionAsync("urgent");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Apply" }).ClickAsync();
        await tab.Expect("tbody tr").ToHaveCountAsync(1);
        await tab.Expect(".chip").ToHaveCountAsync(2);

        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Remove the filter Priority" }).ClickAsync();
        await tab.Expect("tbody tr").ToHaveCountAsync(2);
        await tab.Expect(".filter input[name=q]").ToHaveValueAsync("chips");
    }

    [Fact]
    public async Task Going_back_and_forward_shows_whole_pages()
    {
        await app.Given.Transactions(60, i => $"Back {i}", status: "submitted");
        await using var tab = await browser.Open(app, Nasser);
        await tab.Go("/transactions?q=Back");
        await tab.Page.Locator("th.title a").ClickAsync();
        await tab.ExpectUrl("**sort=title**");
        await tab.Page.Locator("nav.pager a[rel=next]").ClickAsync();
        await tab.ExpectUrl("**page=2**");
        await tab.Page.Locator("td.title a").First.ClickAsync();
        await tab.ExpectUrl("**/transactions/TRX-**");

        foreach (
            var (step, selector) in new (Func<Task>, string)[]
            {
                (() => tab.Page.GoBackAsync(), "nav.pager a[aria-current=page]:text-is('2')"),
                (() => tab.Page.GoBackAsync(), "nav.pager a[aria-current=page]:text-is('1')"),
                (() => tab.Page.GoForwardAsync(), "nav.pager a[aria-current=page]:text-is('2')"),
                (() => tab.Page.GoForwardAsync(), "#timeline"),
            }
        )
        {
            await step();
            await tab.Expect(selector).ToBeVisibleAsync();
            await tab.Expect("nav.side").ToBeVisibleAsync();
            await tab.Expect("header.top").ToHaveCountAsync(1);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Language_and_theme_are_switched_and_kept(bool script)
    {
        var person = await app.Given.User();
        await using var tab = await browser.Open(app, person, script: script);
        await tab.Go("/transactions?q=x");

        await tab.Page.Locator("button[name=language]").ClickAsync();
        await tab.Expect("html[lang=ar][dir=rtl] h1").ToContainTextAsync("المعاملات");
        Assert.EndsWith("/transactions?q=x", tab.Page.Url, StringComparison.Ordinal);
        await tab.Page.Locator("button[name=theme][value=dark]").ClickAsync();
        await tab.Expect("html[data-theme=dark]").ToHaveCountAsync(1);
        Assert.Equal(
            "rgb(16, 20, 18)",
            await tab.Page.EvaluateAsync<string>("getComputedStyle(document.documentElement).backgroundColor")
        );
        await tab.Expect("button[name=theme][value=light]").ToBeVisibleAsync();

        // The other browser of the same person speaks it as well.
        await using var other = await browser.Open(app, person);
        await other.Go("/transactions");
        await other.Expect("html").ToHaveAttributeAsync("lang", "ar");
    }

    [Theory]
    [InlineData("en", true)]
    [InlineData("ar", false)]
    public async Task A_phone_has_a_bar_below_with_the_rest_behind_more(string language, bool script)
    {
        await using var tab = await browser.Open(app, Nasser, language, width: 390, script: script);
        await tab.Go("/");
        var bar = (await tab.Page.Locator("nav.side").BoundingBoxAsync())!;
        Assert.Equal(900, bar.Y + bar.Height, 1.0);
        await tab.Expect("#rest").ToBeHiddenAsync();

        await tab.Page.Locator(".more-btn").ClickAsync();
        await tab.Expect("#rest").ToBeVisibleAsync();
        if (script)
            await tab.AssertAccessible();
        await tab.Page.Locator("#rest a[href='/transactions/drafts']").ClickAsync();
        await tab.ExpectUrl("**/transactions/drafts");
        Check.None(
            await tab
                .Page.Locator("nav.side > ul > li > a, .more-btn")
                .EvaluateAllAsync<string[]>(
                    "all => all.filter(a => a.getBoundingClientRect().height < 44).map(a => a.textContent)"
                ),
            "Too low for a thumb"
        );
    }
}
