using MdcTts.Infrastructure.Live;
using MdcTts.Support;
using Xunit;
using static MdcTts.Support.Cast;
using static Microsoft.Playwright.Assertions;

namespace MdcTts.Features.Transactions.Live;

[Collection(Browser.Collection)]
[Trait("runs", "once")]
public sealed class LiveInBrowserTests(App app, Browser browser) : IClassFixture<App>
{
    [Theory]
    [InlineData("en", "Show 1 new transaction", "Show 2 new transactions")]
    [InlineData("ar", "معاملة جديدة: عرض", "معاملتان جديدتان: عرض")]
    public async Task A_list_shows_what_another_tab_changes_and_announces_what_it_adds(
        string language,
        string one,
        string two
    )
    {
        var t = await app.Given.Transaction("Watched", status: "submitted", by: Sara);
        await using var tab = await browser.Open(app, Nasser, language, dark: language == "ar");
        await tab.Go("/transactions");
        await Connected(1);
        var row = tab.Page.Locator($"#t-{t.Number}");
        await row.Locator(".pick input").CheckAsync();

        await using var other = await browser.Open(app, Sara);
        await other.Go($"/transactions/{t.Number}");
        (await app.Api(Nasser).Post($"/transactions/{t.Number}/status", new { status = "under_review" })).Expect(200);

        await Expect(row.Locator(".st.under_review")).ToBeVisibleAsync();
        await Expect(row.Locator(".pick input")).ToBeCheckedAsync();
        await Expect(row.Locator(".pick input")).ToBeFocusedAsync();
        await Expect(other.Page.Locator(".now .st.under_review")).ToBeVisibleAsync();
        await Expect(other.Page.Locator("#timeline .line li")).ToHaveCountAsync(3);

        var news = tab.Page.Locator("#fresh .fresh");
        await Expect(news).ToHaveCountAsync(0);
        var made = await Create("First");
        await Expect(news).ToHaveTextAsync(one);
        await Create("Second");
        await Expect(news).ToHaveTextAsync(two);
        await tab.AssertAccessible();
        await news.ClickAsync();
        await Expect(tab.Page.Locator($"#t-{made}")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task What_somebody_writes_stays_while_the_rest_of_the_page_changes()
    {
        var t = await app.Given.Transaction("Written on", status: "submitted");
        await using var tab = await browser.Open(app, Nasser);
        await tab.Go($"/transactions/{t.Number}");
        await Connected(1);
        await tab.Page.Locator("#comment").FillAsync("Half a sentence");
        await tab.Page.Locator("details.move summary").First.ClickAsync();
        await tab.Page.Locator("details.move[open] textarea").FillAsync("Half a note");

        (await app.Api(Sara).Post($"/transactions/{t.Number}/comments", new { text = "From elsewhere" })).Expect(201);
        await Expect(tab.Page.GetByText("From elsewhere")).ToBeVisibleAsync();
        await Expect(tab.Page.Locator("#meanwhile")).ToContainTextAsync("Somebody else changed this transaction");
        await Expect(tab.Page.Locator("details.move[open] textarea")).ToHaveValueAsync("Half a note");
        await Expect(tab.Page.Locator("details.move[open] textarea")).ToBeFocusedAsync();
        await Expect(tab.Page.Locator("#comment")).ToHaveValueAsync("Half a sentence");
        await tab.AssertAccessible();

        // Free again, it comes up to date.
        await tab.Page.Locator("details.move[open] textarea").FillAsync("");
        await tab.Page.Locator("details.move[open] [data-close]").ClickAsync();
        await tab.Page.Locator("#comment").FocusAsync();
        await Expect(tab.Page.Locator("#meanwhile")).ToHaveTextAsync("Updated just now.");
    }

    [Fact]
    public async Task Without_streams_the_page_polls()
    {
        var t = await app.Given.Transaction("Polled", status: "submitted");
        await using var tab = await browser.Open(app, Nasser);
        await tab.Page.AddInitScriptAsync(
            "delete window.EventSource; const later = window.setTimeout; window.setTimeout = (f, ms) => "
                + "later(f, Math.min(ms, 200));"
        );
        await tab.Go("/transactions?q=Polled");

        (await app.Api(Nasser).Post($"/transactions/{t.Number}/status", new { status = "under_review" })).Expect(200);

        await Expect(tab.Page.Locator($"#t-{t.Number} .st.under_review")).ToBeVisibleAsync();
    }

    private async Task<string> Create(string title) =>
        (
            await app.Api(Sara)
                .Post(
                    "/transactions",
                    new
                    {
                        title,
                        client = $"{Municipality.Id}",
                        type = "submission",
                    }
                )
        ).Expect(201)["number"]!;

    private async Task Connected(int streams)
    {
        var feed = (LiveFeed)app.Services.GetService(typeof(LiveFeed))!;
        await Wait.Until(() => feed.Streams >= streams);
    }
}
