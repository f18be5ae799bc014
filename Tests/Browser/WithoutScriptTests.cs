using MdcTts.Support;
using Microsoft.Playwright;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.InBrowser;

/// <summary>
/// The main errands in a browser that runs no script. Tracking, import, language and theme without script stand beside
/// those with it.
/// </summary>
[Collection(Support.Browser.Collection)]
[Trait("runs", "once")]
public sealed class WithoutScriptTests(SharedApp app, Support.Browser browser) : IClassFixture<SharedApp>
{
    [Fact]
    public async Task A_list_is_filtered_sorted_and_paged()
    {
        await app.Given.Transactions(30, i => $"Unscripted {i:00}", status: "submitted");
        await app.Given.Transaction(
            "Unscripted urgent",
            status: "submitted",
            priority: Features.Transactions.Priority.Urgent
        );
        await using var tab = await browser.Open(app, Nasser, script: false);
        await tab.Go("/transactions");

        await tab.Page.Locator(".filter input[name=q]").FillAsync("Unscripted");
        await tab.Page.Keyboard.PressAsync("Enter");
        await tab.Expect(".foot").ToContainTextAsync("1–25 of 31");
        await tab.Page.Locator("th.title a").ClickAsync();
        await tab.Expect("tbody tr:first-child .title a").ToHaveTextAsync("Unscripted 00");
        await tab.Page.Locator("nav.pager a[rel=next]").ClickAsync();
        await tab.Expect(".foot").ToContainTextAsync("26–31 of 31");
        await tab.Expect("tbody tr:last-child .title a").ToHaveTextAsync("Unscripted urgent");
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "More filters" }).ClickAsync();
        await tab.Page.GetByLabel("Priority").SelectOptionAsync("urgent");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Apply" }).ClickAsync();
        await tab.Expect("tbody tr").ToHaveCountAsync(1);
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Remove the filter Priority" }).ClickAsync();
        await tab.Expect(".foot").ToContainTextAsync("of 31");
    }

    [Fact]
    public async Task A_transaction_is_made_refused_changed_moved_discussed_and_assigned()
    {
        await using var tab = await browser.Open(app, Sara, script: false);
        await tab.Go("/transactions");
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "New transaction" }).ClickAsync();
        await tab.Page.Locator("#f-title").FillAsync("Without script");
        await tab.Page.Locator("#f-dueDate").FillAsync("1448-06-21");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Save as draft" }).ClickAsync();
        await tab.Expect("#f-type[aria-invalid=true]").ToBeVisibleAsync();
        await tab.Expect("#f-title").ToHaveValueAsync("Without script");
        await tab.Page.Locator("#f-type").SelectOptionAsync("payment");
        await tab.Page.Locator("#f-client").SelectOptionAsync(new SelectOptionValue { Label = Municipality.NameEn });
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Save as draft" }).ClickAsync();
        await tab.Expect("h1").ToContainTextAsync("Without script");
        await tab.Expect("dl.facts").ToContainTextAsync("1 Dec 2026");

        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Edit" }).ClickAsync();
        await tab.Page.Locator("#f-referenceNumber").FillAsync("NS-1");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await tab.Expect("h1").ToContainTextAsync("NS-1");

        await tab.Move("submitted");
        await tab.Expect(".steps [aria-current=step]").ToHaveTextAsync("Submitted");
        await tab.Page.GetByLabel("Comment for staff").FillAsync("Said without script");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Comment" }).ClickAsync();
        await tab.Expect("#timeline").ToContainTextAsync("Said without script");
        await tab.Page.Locator("#timeline select").SelectOptionAsync("status");
        await tab.Page.Locator("#timeline form[method=get] button").ClickAsync();
        await tab.Expect("#timeline").Not.ToContainTextAsync("Said without script");

        await tab.Page.GetByLabel("Assignee").SelectOptionAsync(new SelectOptionValue { Label = Omar.Name });
        await tab.Page.GetByLabel("Reason").FillAsync("He knows it");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Assign" }).ClickAsync();
        await tab.Expect("#timeline").ToContainTextAsync("He knows it");
        var t = await app.Given.Reload(tab.Page.Url.Split('/')[^1]);
        Assert.Equal(
            ("NS-1", "submitted", Omar.Id, new DateOnly(2026, 12, 1)),
            (t.ReferenceNumber, t.Status, t.AssigneeId, t.DueDate)
        );
    }

    [Fact]
    public async Task Chosen_rows_are_changed_together()
    {
        var t = await app.Given.Transaction("Alone in bulk", status: "submitted");
        await using var tab = await browser.Open(app, Nasser, script: false);
        await tab.Go("/transactions?q=Alone");

        await tab.Page.Locator($"#t-{t.Number} .pick input").CheckAsync();
        await tab.Page.Locator(".bulk").GetByRole(AriaRole.Button, new() { Name = "Assign" }).ClickAsync();
        await tab.Page.GetByLabel("Assignee").SelectOptionAsync(new SelectOptionValue { Label = Lina.Name });
        await tab.Page.GetByLabel("Reason").FillAsync("Why not");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Assign" }).ClickAsync();

        await tab.Expect("#toasts").Not.ToBeEmptyAsync();
        Assert.Equal(Lina.Id, (await app.Given.Reload(t.Number)).AssigneeId);
    }

    [Theory]
    [InlineData("/transactions")]
    [InlineData("/transactions/{0}")]
    [InlineData("/transactions/{0}/label")]
    [InlineData("/transactions/{0}/edit")]
    [InlineData("/account/tokens")]
    public async Task No_button_is_shown_that_only_script_could_answer(string url)
    {
        var t = await app.Given.Transaction("Buttons", status: "submitted");
        await using var tab = await browser.Open(app, Nasser, script: false);
        await tab.Go(string.Format(System.Globalization.CultureInfo.InvariantCulture, url, t.Number));
        await tab
            .Page.Locator("details")
            .EvaluateAllAsync<int>(
                "all => { for (const d of all) { d.removeAttribute('name'); d.open = true; } return all.length; }"
            );

        var idle = await tab
            .Page.Locator("button:visible")
            .EvaluateAllAsync<string[]>(
                "all => all.filter(b => b.type === 'button' && !b.hasAttribute('popovertarget')).map(b => b.outerHTML)"
            );

        Check.None(idle);
    }
}
