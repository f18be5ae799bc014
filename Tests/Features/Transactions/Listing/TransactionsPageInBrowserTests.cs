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
