using MdcTts.Support;
using Microsoft.Playwright;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.Listing;

[Collection(Browser.Collection)]
[Trait("runs", "once")]
public sealed class TransactionsPageInBrowserTests(SharedApp app, Browser browser) : IClassFixture<SharedApp>
{
    [Theory]
    [InlineData("en", 1440, false)]
    [InlineData("ar", 1440, true)]
    [InlineData("en", 390, true)]
    [InlineData("ar", 390, false)]
    public async Task The_register_is_accessible_in_both_languages_widths_and_themes(
        string language,
        int width,
        bool dark
    )
    {
        await app.Given.Transaction(
            "اعتماد الواجهات",
            status: "submitted",
            due: app.Today.AddDays(-3),
            priority: Priority.Urgent
        );
        await using var tab = await browser.Open(app, Nasser, language, width, dark);

        await tab.Go("/transactions");

        Assert.Equal(language == "ar" ? "rtl" : "ltr", await tab.Page.Locator("html").GetAttributeAsync("dir"));
        await tab.AssertAccessible();
        await tab.AssertNoSidewaysScroll();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sorting_changes_the_list_and_the_address_with_and_without_script(bool script)
    {
        var zoo = await app.Given.Client($"Zoo {script}");
        await app.Given.Transaction("Aardvark enclosure", client: zoo, status: "submitted");
        await app.Given.Transaction("Zebra crossing", client: zoo, status: "submitted");
        await using var tab = await browser.Open(app, Nasser, script: script);
        await tab.Go($"/transactions?client={zoo.Id}");

        await tab.Page.Locator("th.title a").ClickAsync();
        await tab.ExpectUrl("**sort=title**");

        await Assertions.Expect(tab.Page.Locator("th.title")).ToHaveAttributeAsync("aria-sort", "ascending");
        var titles = await tab.Page.Locator("td.title a").AllInnerTextsAsync();
        Assert.Equal(["Aardvark enclosure", "Zebra crossing"], titles);
    }

    [Fact]
    public async Task Rows_fit_a_laptop_and_a_tablet_whatever_is_in_them()
    {
        var place = await app.Given.Client("Fitting Co.");
        var lengthy = "https://example.com/" + new string('a', 200);
        await app.Given.Transaction(lengthy, client: place, status: "submitted", reference: new string('W', 50));
        await app.Given.Transactions(29, i => $"Fits {i}", client: place, status: "payment_pending");
        await using var tab = await browser.Open(app, Nasser);
        await tab.Go($"/transactions?client={place.Id}&sort=number");

        foreach (var (width, height) in new[] { (1280, 720), (820, 1180), (721, 900) })
        {
            await tab.Page.SetViewportSizeAsync(width, height);
            var wrong = await tab.Page.EvaluateAsync<string[]>(
                """
                () => [
                    ...[...document.querySelectorAll('#list tbody tr')].map(r => r.offsetHeight).filter(h => h !== 44),
                    ...[...document.querySelectorAll('#list thead th')]
                        .filter(h => h.offsetWidth && h.getBoundingClientRect().right > innerWidth)
                        .map(h => h.className),
                ].map(String)
                """
            );
            Check.None(wrong, $"Does not fit {width} px");
            await tab.AssertNoSidewaysScroll();
        }

        Assert.Equal(lengthy, await tab.Page.Locator("tbody tr:first-child .title a").GetAttributeAsync("title"));
        await tab.Page.SetViewportSizeAsync(1280, 720);
        var rows = await tab.Page.EvaluateAsync<int>(
            """
            () => {
                scrollTo(0, document.querySelector('#list tbody').offsetTop + 120);
                const top = document.querySelector('#list thead th').getBoundingClientRect().bottom;
                return Math.floor((innerHeight - top) / 44);
            }
            """
        );
        Assert.True(rows >= 14, $"{rows} rows below the headings");
    }

    [Fact]
    public async Task Sorting_and_paging_keep_the_focus_and_say_what_came()
    {
        var place = await app.Given.Client("Focused Co.");
        await app.Given.Transactions(30, i => $"Focused {i:00}", client: place, status: "submitted");
        await using var tab = await browser.Open(app, Nasser);
        await tab.Go($"/transactions?client={place.Id}");

        await tab.Page.Locator("#sort-title").FocusAsync();
        await tab.Page.Keyboard.PressAsync("Enter");
        await Assertions
            .Expect(tab.Page.Locator("#said"))
            .ToHaveTextAsync("Transactions 1–25 of 30, sorted by Title, ascending");
        await Assertions.Expect(tab.Page.Locator("#sort-title")).ToBeFocusedAsync();

        await tab.Page.Locator(".pager [rel=next]").ClickAsync();
        await Assertions
            .Expect(tab.Page.Locator("#said"))
            .ToHaveTextAsync("Transactions 26–30 of 30, sorted by Title, ascending");
        await Assertions.Expect(tab.Page.Locator("#rows")).ToBeFocusedAsync();

        await tab.Page.Locator("#view-menu").ClickAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Comfortable" }).ClickAsync();
        Assert.Equal(56, await tab.Page.Locator("#list tbody tr").First.EvaluateAsync<int>("r => r.offsetHeight"));
    }

    [Fact]
    public async Task What_is_chosen_outlasts_paging_and_back_and_is_reassigned_in_six_clicks()
    {
        var place = await app.Given.Client("Chosen Co.");
        var all = await app.Given.Transactions(30, i => $"Chosen {i:00}", client: place, status: "submitted");
        await using var tab = await browser.Open(app, Nasser);
        var page = tab.Page;
        await tab.Go($"/transactions?client={place.Id}&sort=title");
        ILocator Cell(int row) => page.Locator($"#list tbody tr:nth-child({row}) .pick");
        var count = Assertions.Expect(page.Locator(".bulk [data-count]"));

        // Beside the box, in the cell's corner.
        await Cell(1)
            .ClickAsync(
                new()
                {
                    Position = new() { X = 3, Y = 3 },
                }
            );
        await count.ToHaveTextAsync("1");
        await Cell(10).ClickAsync(new() { Modifiers = [KeyboardModifier.Shift] });
        await count.ToHaveTextAsync("10");
        await page.Locator(".pager [rel=next]").ClickAsync();
        await tab.ExpectUrl("**page=2**");
        await count.ToHaveTextAsync("10");
        await page.Locator("#list tbody tr:nth-child(3) .title a").ClickAsync();
        await tab.ExpectUrl("**/TRX-**");
        await page.GoBackAsync();
        await count.ToHaveTextAsync("10");
        await page.Locator("#bulk [name=all]").CheckAsync();
        await count.ToHaveTextAsync("30");
        await page.Locator("#bulk [name=all]").UncheckAsync();
        await count.ToHaveTextAsync("10");

        await page.Locator("#bulk [value=assign]").ClickAsync();
        await Assertions.Expect(page.Locator("#bulk-dialog .chosen tbody tr")).ToHaveCountAsync(10);
        await tab.AssertAccessible();
        await tab.Choose("#f-assignee", Lina.Name);
        await page.Locator("#bulk-dialog button.primary").ClickAsync();
        await Assertions.Expect(page.Locator(".toast")).ToContainTextAsync("10 transactions changed.");
        await tab.ExpectUrl($"**client={place.Id}**page=2**");
        await Assertions.Expect(page.Locator(".bulk")).ToBeHiddenAsync();
        await page.Locator(".toast form button").ClickAsync();
        await Assertions.Expect(page.Locator(".toast")).ToContainTextAsync("10 changes undone.");
        Assert.Equal(all[9].AssigneeId, (await app.Given.Reload(all[9].Number)).AssigneeId);
    }

    [Fact]
    public async Task Filters_stack_at_once_and_their_menu_stays_open()
    {
        var place = await app.Given.Client("Menus Co.");
        foreach (var status in new[] { "submitted", "submitted", "approved", "paid" })
            await app.Given.Transaction(client: place, status: status);
        await using var tab = await browser.Open(app, Nasser);
        var page = tab.Page;
        await tab.Go($"/transactions?client={place.Id}");

        await page.Locator("#facet-status summary").ClickAsync();
        await Assertions.Expect(page.Locator("#facet-status li:has([value=submitted]) .n")).ToHaveTextAsync("2");
        await page.Locator("#facet-status [value=submitted]").CheckAsync();
        await tab.ExpectUrl("**status=submitted**");
        await Assertions.Expect(page.Locator("h1 .n")).ToHaveTextAsync("2");
        await Assertions.Expect(page.Locator("#facet-status [value=submitted]")).ToBeFocusedAsync();
        await page.Locator("#facet-status [value=paid]").CheckAsync();
        await tab.ExpectUrl("**status=submitted&status=paid**");
        await Assertions.Expect(page.Locator("h1 .n")).ToHaveTextAsync("3");
        await Assertions.Expect(page.Locator("#said")).ToContainTextAsync("of 3");
        await tab.AssertAccessible();
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.Locator("#facet-status .pop")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Back_shows_the_whole_page_again()
    {
        await app.Given.Transactions(60, status: "submitted");
        await using var tab = await browser.Open(app, Nasser);
        await tab.Go("/transactions");

        await tab.Page.Locator("nav.pager a[rel=next]").ClickAsync();
        await tab.ExpectUrl("**page=2**");
        await tab.Page.GoBackAsync();

        await Assertions.Expect(tab.Page.Locator("nav.side")).ToBeVisibleAsync();
        await Assertions.Expect(tab.Page.Locator("nav.pager a[aria-current=page]")).ToHaveTextAsync("1");
    }
}
