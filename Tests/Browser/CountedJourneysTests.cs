using MdcTts.Support;
using Microsoft.Playwright;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.InBrowser;

/// <summary>
/// What people do all day, in as few keys and taps as was promised. Text that has to be written anyway is not counted.
/// </summary>
[Collection(Support.Browser.Collection)]
[Trait("runs", "once")]
public sealed class CountedJourneysTests(SharedApp app, Support.Browser browser) : IClassFixture<SharedApp>
{
    [Fact]
    public async Task A_reference_is_found_and_moved_on_with_a_note_in_nine_keys()
    {
        var t = await app.Given.Transaction("Counted move", status: "under_review", reference: "KJ-7");
        await using var tab = await browser.Open(app, Nasser);
        var hands = new Hands(tab.Page);
        await tab.Go("/transactions");

        await hands.Press("/");
        await tab.Expect("#q[role=combobox]").ToBeFocusedAsync();
        foreach (var sign in "kj-7")
            await hands.Press(sign.ToString());
        await tab.Expect("#hits .exact[aria-selected=true]").ToBeVisibleAsync();
        await hands.Press("Enter");
        await tab.ExpectUrl("**/" + t.Number, isWhole: true);
        await hands.Press("m");
        await tab.Expect(".move[open] textarea").ToBeFocusedAsync();
        await hands.Write("Approved as it stands.");
        await hands.Press("Control+Enter");

        await tab.Expect("#timeline").ToContainTextAsync("Approved as it stands.");
        Assert.InRange(hands.Count, 1, 9);
    }

    [Fact]
    public async Task A_transaction_is_registered_in_five_keys_beside_its_text()
    {
        var client = await app.Given.Client("Counted Holding");
        await using var tab = await browser.Open(app, Sara);
        var hands = new Hands(tab.Page);
        await tab.Go("/work");

        await hands.Press("n");
        await tab.ExpectUrl("**/transactions/new", isWhole: true);
        await tab.Expect("#f-client").ToBeFocusedAsync();
        await hands.Write(client.NameEn);
        // With few clients it is a select, which has chosen by now.
        if (await tab.Page.Locator("#f-client[role=combobox]").CountAsync() > 0)
        {
            await Assertions
                .Expect(tab.Page.Locator("#f-client-list [role=option]").Filter(new() { HasText = client.NameEn }))
                .ToBeVisibleAsync();
            await hands.Press("Enter");
        }

        await hands.Press("Tab");
        await tab.Expect("#f-type").ToBeFocusedAsync();
        await hands.Write("Payment");
        await hands.Press("Tab");
        await tab.Expect("#f-title").ToBeFocusedAsync();
        await hands.Write("Second instalment");
        await hands.Press("Control+Enter");

        await tab.Expect("h1").ToContainTextAsync("Second instalment");
        Assert.InRange(hands.Count, 1, 5);
    }

    [Fact]
    public async Task A_client_sees_on_a_phone_who_has_it_in_three_taps()
    {
        var t = await app.Given.Transaction(
            "Counted permit",
            status: "in_progress",
            reference: "KJ-8",
            holder: Features.Transactions.HolderKind.Authority,
            holderName: "Balady"
        );
        await using var tab = await browser.Open(app, Huda);
        await tab.Page.SetViewportSizeAsync(390, 844);
        var hands = new Hands(tab.Page);
        await tab.Go("/");

        await hands.Tap("#q");
        await tab.Expect("#q[role=combobox]").ToBeFocusedAsync();
        await hands.Write("kj-8");
        await tab.Expect("#hits .exact").ToBeVisibleAsync();
        await hands.Tap("#hits .exact");
        await tab.ExpectUrl("**/" + t.Number);

        await tab.Expect(".now").ToContainTextAsync("Balady");
        Assert.InRange(hands.Count, 1, 3);
    }

    /// <summary>Counts what a person presses.</summary>
    private sealed class Hands(IPage page)
    {
        public int Count { get; private set; }

        public async Task Press(string key)
        {
            Count++;
            await page.Keyboard.PressAsync(key);
        }

        public async Task Tap(string css)
        {
            Count++;
            await page.Locator(css).ClickAsync();
        }

        public Task Write(string text) => page.Keyboard.TypeAsync(text);
    }
}
