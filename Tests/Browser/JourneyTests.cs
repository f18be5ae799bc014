using MdcTts.Features.Outbox;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.InBrowser;

/// <summary>Whole errands, from page to page, with script.</summary>
[Collection(Support.Browser.Collection)]
[Trait("runs", "postgres")]
public sealed class JourneyTests(SharedApp app, Support.Browser browser) : IClassFixture<SharedApp>
{
    [Fact]
    public async Task From_a_draft_that_kept_itself_to_a_stranger_who_tracks_it()
    {
        string number;
        await using (var tab = await browser.Open(app))
        {
            await tab.Go("/transactions/new");
            await tab.Page.GetByLabel("Email").FillAsync(Sara.Email);
            await tab.Page.GetByLabel("Password").FillAsync(Password);
            await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();

            await tab.Page.GetByLabel("Reference number").FillAsync("RRM-4471/12");
            await tab.Page.Locator("#f-title").FillAsync("Facade of Olaya Tower");
            await tab.Expect("#kept").ToContainTextAsync("12:30");
            await tab.Go("/transactions");
            await tab.Go("/transactions/new");
            await tab.Expect("#f-title").ToHaveValueAsync("");
            await tab.Page.Locator("#begun a:has-text('Facade of Olaya Tower')").ClickAsync();
            await tab.Expect("#f-title").ToHaveValueAsync("Facade of Olaya Tower");

            await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Save and submit" }).ClickAsync();
            await tab.Expect("#f-client[aria-invalid=true]").ToBeFocusedAsync();
            await tab.Expect("#f-title").ToHaveValueAsync("Facade of Olaya Tower");
            await tab.Page.Locator("#f-type").SelectOptionAsync("approval_request");
            await tab.Choose("#f-client", Municipality.NameEn);
            await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Save and submit" }).ClickAsync();

            await tab.Expect("h1").ToContainTextAsync("RRM-4471/12");
            await tab.Expect(".steps [aria-current=step]").ToHaveTextAsync("Submitted");
            number = tab.Page.Url.Split('/')[^1];
            await tab.Go("/transactions/new");
            await tab.Expect("#f-title").ToHaveValueAsync("");
        }

        await using (var tab = await browser.Open(app, Nasser))
        {
            await tab.Go("/transactions/" + number);
            await tab.Move("under_review");
            await tab.Expect(".steps [aria-current=step]").ToHaveTextAsync("Under review");
            await tab.Move("approved", "Approved with the stone of sample 4.", isPublic: true);
            await tab.Expect(".steps [aria-current=step]").ToHaveTextAsync("Approved");
            await tab.Expect("#toasts").ToContainTextAsync("Approved");
        }

        await using (var tab = await browser.Open(app, Huda, "ar"))
        {
            await tab.Go("/transactions");
            await tab.Page.GetByText("Facade of Olaya Tower").ClickAsync();
            await tab.Expect("#timeline").ToContainTextAsync("Approved with the stone of sample 4.");
            await tab.Expect(".steps [aria-current=step]").ToHaveTextAsync("معتمدة");
        }

        var token = (await app.Given.Reload(number)).TrackingToken;
        await using (var tab = await browser.Open(app))
        {
            await tab.Go("/t/" + token);
            await tab.Expect("h1").ToHaveTextAsync(number);
            await tab.Expect("dl.track").ToContainTextAsync("Approved with the stone of sample 4.");
            await tab.Go("/t/" + token[..^1] + (token[^1] == 'A' ? 'B' : 'A'));
            await tab.Expect("dl.track").ToHaveCountAsync(0);
            await tab.Page.GetByLabel("Transaction number").FillAsync(number);
            await tab.Page.GetByLabel("Reference number").FillAsync("rrm-4471/12");
            await tab.Page.Keyboard.PressAsync("Enter");
            await tab.Expect("h1").ToHaveTextAsync(number);
        }
    }

    [Fact]
    public async Task Two_editors_save_the_same_version_and_the_second_chooses_between_both_texts()
    {
        var t = await app.Given.Transaction("Lobby", status: "submitted", description: "Old words");
        await using var sara = await browser.Open(app, Sara);
        await using var nasser = await browser.Open(app, Nasser);
        await sara.Go($"/transactions/{t.Number}/edit");
        await nasser.Go($"/transactions/{t.Number}/edit");
        await nasser.Page.Locator("#f-title").FillAsync("Lobby and atrium");
        await nasser.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await nasser.Expect("#timeline").ToBeVisibleAsync();

        await sara.Page.Locator("#f-title").FillAsync("Main lobby");
        await sara.Page.Locator("#f-description").FillAsync("New words");
        await sara.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();

        await sara.Expect("table.merge tbody tr").ToHaveCountAsync(1);
        await sara.Expect("table.merge").ToContainTextAsync("Lobby and atrium");
        await sara.Expect("table.merge").ToContainTextAsync("Main lobby");
        await sara.Expect(".say.warn").ToContainTextAsync(Nasser.Name);
        await sara.AssertAccessible();
        await sara.Page.GetByRole(AriaRole.Radio, new() { Name = "Lobby and atrium" }).CheckAsync();
        await sara.Page.Locator(".bar-foot button.primary").ClickAsync();
        await sara.Expect("#timeline").ToBeVisibleAsync();
        var saved = await app.Given.Reload(t.Number);
        Assert.Equal(("Lobby and atrium", "New words"), (saved.Title, saved.Description));
    }

    [Fact]
    public async Task The_chosen_rows_are_assigned_together()
    {
        var mine = await app.Given.Transactions(3, i => $"Bulk work {i}", status: "submitted");
        await using var tab = await browser.Open(app, Nasser);
        await tab.Go("/transactions?q=Bulk+work");
        await tab.Expect(".bulk").ToBeHiddenAsync();

        foreach (var t in mine.Take(2))
            await tab.Page.Locator($"#t-{t.Number} .pick input").CheckAsync();
        await tab.Expect(".bulk [data-count]").ToHaveTextAsync("2");
        await tab.Page.Locator(".bulk").GetByRole(AriaRole.Button, new() { Name = "Assign" }).ClickAsync();
        await tab.Choose("#f-assignee", Lina.Name);
        await tab.Page.GetByLabel("Reason").FillAsync("Sara is away");
        await tab.Page.Locator("#bulk-ask").GetByRole(AriaRole.Button, new() { Name = "Assign" }).ClickAsync();

        await tab.Expect("#toasts").ToContainTextAsync("2 transactions changed.");
        var assignees = await app.Db(db =>
            db.Transactions.Where(t => t.Title.StartsWith("Bulk work"))
                .OrderBy(t => t.Number)
                .Select(t => t.AssigneeId)
                .ToListAsync()
        );
        Assert.Equal([Lina.Id, Lina.Id, Sara.Id], assignees);
    }

    [Fact]
    public async Task An_editor_hands_over_their_work_only_with_a_reason()
    {
        var t = await app.Given.Transaction("Garden wall", status: "in_progress");
        await using var tab = await browser.Open(app, Sara);
        await tab.Go("/transactions/" + t.Number);

        await tab.Choose("#f-assignee", Omar.Name);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Assign" }).ClickAsync();
        await tab.Expect("#f-reason:invalid").ToBeFocusedAsync();
        await tab.Expect("select[name=assignee]")
            .ToHaveValueAsync(Omar.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
        await tab.Page.GetByLabel("Reason").FillAsync("I am on leave");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Assign" }).ClickAsync();

        await tab.Expect("#timeline").ToContainTextAsync(Omar.Name);
        await tab.Expect("#timeline").ToContainTextAsync("I am on leave");
        Assert.Equal(Omar.Id, (await app.Given.Reload(t.Number)).AssigneeId);
    }

    [Fact]
    public async Task A_comment_reaches_whom_it_mentions()
    {
        var t = await app.Given.Transaction("Roof", status: "in_progress");
        await using var tab = await browser.Open(app, Nasser);
        await tab.Go("/transactions/" + t.Number);

        await tab.Page.GetByLabel("Comment for staff").FillAsync("@Sara هل وصل الرد؟\n<b>not bold</b>");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Comment" }).ClickAsync();

        await tab.Expect("#timeline .line li:first-child").ToContainTextAsync("هل وصل الرد؟");
        await tab.Expect("#timeline .line li:first-child").ToContainTextAsync("<b>not bold</b>");
        await tab.Expect("#comment").ToHaveValueAsync("");
        await app.Follow();
        Assert.True(
            await app.Db(db =>
                db.Set<OutboxMessage>()
                    .AnyAsync(m =>
                        m.RecipientId == Sara.Id
                        && m.Event == "transaction.mentioned"
                        && m.TransactionNumber == t.Number
                    )
            )
        );
    }

    [Fact]
    public async Task An_admin_deletes_with_a_reason_and_restores()
    {
        var t = await app.Given.Transaction("Entered twice", status: "submitted");
        await using var tab = await browser.Open(app, Nasser);
        await tab.Go("/transactions/" + t.Number);

        await tab.Page.Locator(".moves details.menu > summary").ClickAsync();
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Delete", Exact = true }).ClickAsync();
        await tab.Page.GetByLabel("Reason").FillAsync("It is TRX-2026-00001 again");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await tab.Expect("#toasts").Not.ToBeEmptyAsync();
        Assert.Equal(404, (await tab.Go("/transactions/" + t.Number)).Status);

        await tab.Go("/transactions/deleted");
        var row = tab.Page.Locator("tr", new() { HasText = t.Number });
        await Assertions.Expect(row).ToContainTextAsync("It is TRX-2026-00001 again");
        await row.GetByRole(AriaRole.Button).ClickAsync();
        await Assertions.Expect(row).ToHaveCountAsync(0);
        Assert.Equal(200, (await tab.Go("/transactions/" + t.Number)).Status);
    }

    [Fact]
    public async Task What_is_shown_is_exported()
    {
        await app.Given.Transaction("Quarry visit", status: "submitted", reference: "Q-1");
        await app.Given.Transaction("Other thing", status: "submitted", reference: "Q-2");
        await using var tab = await browser.Open(app, Nasser);
        await tab.Go("/transactions?q=Quarry");

        await tab.Page.Locator("summary", new() { HasText = "Export" }).ClickAsync();
        var download = await tab.Page.RunAndWaitForDownloadAsync(() =>
            tab.Page.Locator("a[href*='format=csv']").ClickAsync()
        );

        using var reader = new StreamReader(await download.CreateReadStreamAsync());
        var lines = (await reader.ReadToEndAsync()).TrimEnd().Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("Q-1,TRX-", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(".csv", download.SuggestedFilename, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_user_is_invited_and_chooses_a_password()
    {
        await using (var tab = await browser.Open(app, Nasser))
        {
            await tab.Go("/users/new");
            await tab.Page.Locator("#f-fullName").FillAsync("Reem Alshammari");
            await tab.Page.Locator("#f-email").FillAsync("reem.new@mdc.example");
            await tab.Page.Locator("#f-role").SelectOptionAsync("editor");
            await tab.Page.Locator(".bar-foot button.primary").ClickAsync();
            await tab.Expect("main").ToContainTextAsync("Invited");
            await tab.AssertAccessible();
            await tab.Go("/users?q=reem.new");
            await tab.Expect("tbody").ToContainTextAsync("Reem Alshammari");
        }

        await using var other = await browser.Open(app);
        await other.Go("/invitation/" + await app.TokenFor("reem.new@mdc.example", "account.invited"));
        await other.AssertAccessible();
        await other.Page.Locator("#f-password").PressSequentiallyAsync("purple lamp eleven");
        await other.Expect("#strength meter").ToHaveCountAsync(1);
        await other.Page.Locator("#f-repeat").FillAsync("purple lamp eleven");
        await other.Page.Locator("button.primary").ClickAsync();
        await other.Page.GetByLabel("Email").FillAsync("reem.new@mdc.example");
        await other.Page.GetByLabel("Password").FillAsync("purple lamp eleven");
        await other.Page.Keyboard.PressAsync("Enter");
        await other.Expect("nav.side").ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_token_is_shown_once_and_works_until_it_is_revoked()
    {
        await using var tab = await browser.Open(app, Lina);
        await tab.Go("/account/tokens");
        await tab.Page.Locator("#f-name").FillAsync("My script");
        await tab.Page.Locator("input[name=scope][value=read]").CheckAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Create token" }).ClickAsync();

        var token = await tab.Page.Locator("#secret").InnerTextAsync();
        await tab.AssertAccessible();
        Assert.Equal(200, await Ask(token));
        await tab.Go("/account/tokens");
        await tab.Expect("tbody").ToContainTextAsync("My script");
        Assert.DoesNotContain(token, await tab.Page.ContentAsync(), StringComparison.Ordinal);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Revoke My script" }).ClickAsync();
        await tab.Expect("tbody tr:has-text('My script')").ToHaveCountAsync(0);
        Assert.Equal(401, await Ask(token));
    }

    private async Task<int> Ask(string token)
    {
        using var http = new HttpClient { BaseAddress = app.Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return (int)(await http.GetAsync("/api/v1/transactions")).StatusCode;
    }
}
