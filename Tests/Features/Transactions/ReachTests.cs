using MdcTts.Support;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions;

/// <summary>
/// Who comes near a transaction: not mine is 404, not my role is 403, nobody is sent to the sign-in page or answered
/// 401.
/// </summary>
public sealed class ReachTests(SharedApp app) : IClassFixture<SharedApp>
{
    public static TheoryData<string, string> Pages =>
        new()
        {
            { "GET", "" },
            { "GET", "/edit" },
            { "POST", "/edit" },
            { "POST", "/status" },
            { "POST", "/assignee" },
            { "POST", "/due" },
            { "POST", "/comments" },
            { "POST", "/duplicate" },
        };

    public static TheoryData<string, string, string?> Api =>
        new()
        {
            { "GET", "", null },
            { "GET", "/transitions", null },
            { "GET", "/history", null },
            { "GET", "/comments", null },
            { "PUT", "", """{"title":"Mine now","client":"1","type":"payment"}""" },
            { "POST", "/status", """{"status":"cancelled","note":"x"}""" },
            { "POST", "/assignee", """{"assignee":null}""" },
            { "POST", "/due", """{"dueDate":null}""" },
            { "POST", "/comments", """{"text":"hello"}""" },
            { "POST", "/duplicate", null },
        };

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task A_page_of_others_is_absent(string method, string path)
    {
        var t = await app.Given.Transaction(status: "submitted", by: Sara, assignee: Omar);
        var url = $"/transactions/{t.Number}{path}";
        Task<Answer> Ask(Visitor visitor) =>
            method == "GET"
                ? visitor.Page(url)
                : visitor.Submit(
                    url,
                    new
                    {
                        to = "cancelled",
                        note = "x",
                        text = "x",
                        title = "x",
                        version = t.Version,
                    }
                );

        (await Ask(app.SignedInAs(Lina))).Expect(404);
        Assert.Contains((await Ask(app.SignedInAs(Khalid))).Status, new[] { 403, 404 });
        if (path.Length > 0)
            Assert.Contains((await Ask(app.SignedInAs(Huda))).Status, new[] { 403, 404 });
        Assert.StartsWith(
            "/signin",
            new Uri(app.Address, (await Ask(app.Anonymous)).Expect(302).Location).AbsolutePath
        );
        Assert.Equal(t.Version, (await app.Given.Reload(t.Number)).Version);
    }

    [Theory]
    [MemberData(nameof(Api))]
    public async Task The_api_hides_what_is_of_others(string method, string path, string? body)
    {
        var t = await app.Given.Transaction(status: "submitted", by: Sara, assignee: Omar);
        Task<ApiAnswer> Ask(ApiClient api) =>
            api.Send(
                new(method),
                $"/transactions/{t.Number}{path}",
                body is null
                    ? null
                    : new StringContent(body, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")),
                ("If-Match", $"\"{t.Version}\"")
            );

        Assert.Equal("not-found", (await Ask(app.Api(Lina))).Expect(404).Problem);
        Assert.Contains((await Ask(app.Api(Khalid))).Status, new[] { 403, 404 });
        Assert.Equal(method == "GET" && path != "/comments" ? 200 : 403, (await Ask(app.Api(Huda))).Status);
        Assert.Equal("status-401", (await Ask(app.AnonymousApi)).Expect(401).Problem);
        Assert.Equal(t.Version, (await app.Given.Reload(t.Number)).Version);
    }

    [Theory]
    [InlineData("/transactions/new")]
    [InlineData("/transactions/drafts")]
    [InlineData("/transactions/deleted")]
    public async Task Pages_of_staff_are_not_for_clients(string url)
    {
        (await app.SignedInAs(Huda).Page(url)).Expect(403);
        (await app.Anonymous.Page(url)).Expect(302);
    }

    [Fact]
    public async Task Deleting_and_restoring_is_for_admins()
    {
        var t = await app.Given.Transaction(status: "submitted", by: Sara);

        (await app.SignedInAs(Sara).Page("/transactions/deleted")).Expect(403);
        (await app.SignedInAs(Sara).Page($"/transactions/{t.Number}/delete")).Expect(403);
        (await app.SignedInAs(Sara).Submit($"/transactions/{t.Number}/delete", new { reason = "x" })).Expect(403);
        (await app.SignedInAs(Sara).Submit($"/transactions/{t.Number}/restore")).Expect(403);
        (await app.Api(Sara).Delete($"/transactions/{t.Number}", new { reason = "x" })).Expect(403);
        (await app.Api(Sara).Post($"/transactions/{t.Number}/restore")).Expect(403);
        Assert.Null((await app.Given.Reload(t.Number)).DeletedAt);
    }

    [Fact]
    public async Task A_client_never_meets_a_draft_or_anothers_transaction()
    {
        var (draft, theirs, mine) = (
            await app.Given.Transaction("Reach one", status: "draft"),
            await app.Given.Transaction("Reach two", status: "submitted", client: Hospital),
            await app.Given.Transaction("Reach three", status: "submitted")
        );
        var (page, api) = (app.SignedInAs(Huda), app.Api(Huda));

        foreach (var hidden in new[] { draft, theirs })
        {
            (await page.Page($"/transactions/{hidden.Number}")).Expect(404);
            (await api.Get($"/transactions/{hidden.Number}")).Expect(404);
        }

        Assert.Equal([mine.Number], (await page.Page("/transactions?q=reach")).Select("td.no"));
        Assert.Equal(
            [mine.Number],
            (await api.Get("/transactions?q=reach")).Items.Select(i => i.GetProperty("number").GetString()!)
        );
        Assert.Equal(
            [mine.Number],
            (await api.Get("/transactions?q=reach&limit=10")).Items.Select(i => i.GetProperty("number").GetString()!)
        );
        Assert.DoesNotContain(theirs.Number, (await page.Fragment("/transactions/suggestions?q=reach")).Text);
        (await page.Page("/transactions?status=draft")).Expect(200);
        Assert.Empty((await api.Get("/transactions?status=draft")).Expect(200).Items);
    }

    [Fact]
    public async Task An_editor_meets_what_they_made_and_what_is_assigned_to_them()
    {
        var (made, given, others) = (
            await app.Given.Transaction("Scope one", by: Lina, assignee: Omar),
            await app.Given.Transaction("Scope two", by: Omar, assignee: Lina),
            await app.Given.Transaction("Scope three", by: Omar, assignee: Omar)
        );

        var seen = (await app.Api(Lina).Get("/transactions?q=scope&sort=number")).Items.Select(i =>
            i.GetProperty("number").GetString()
        );

        Assert.Equal([made.Number, given.Number], seen);
        (await app.SignedInAs(Lina).Page($"/transactions/{others.Number}")).Expect(404);
        Assert.Equal(3, (await app.Api(Nasser).Get("/transactions?q=scope")).Items.Count);
    }

    [Fact]
    public async Task A_token_does_only_what_its_scopes_say()
    {
        var t = await app.Given.Transaction(status: "submitted");

        (await app.Api(Sara, "read").Get($"/transactions/{t.Number}")).Expect(200);
        (await app.Api(Sara, "read").Post($"/transactions/{t.Number}/comments", new { text = "x" })).Expect(403);
        (await app.Api(Nasser, "read", "write").Delete($"/transactions/{t.Number}", new { reason = "x" })).Expect(403);
    }

    [Fact]
    public async Task The_cookie_of_a_browser_does_not_open_the_api() =>
        (await app.SignedInAs(Nasser).Page("/api/v1/transactions")).Expect(401);

    [Fact]
    public async Task A_post_without_the_pages_token_is_refused()
    {
        var t = await app.Given.Transaction(status: "draft");

        (
            await app.SignedInAs(Sara)
                .Submit(
                    $"/transactions/{t.Number}/status",
                    new (string, string?)[] { ("to", "submitted"), ("__RequestVerificationToken", "forged") }
                )
        ).Expect(400);

        Assert.Equal("draft", (await app.Given.Reload(t.Number)).Status);
    }

    [Fact]
    public async Task A_draft_that_was_cancelled_stays_hidden_from_the_client_and_the_public()
    {
        var draft = await app.Given.Transaction("Never sent", status: "draft", reference: "HID-1");
        (
            await app.Api(Sara)
                .Post($"/transactions/{draft.Number}/status", new { status = "cancelled", note = "A mistake" })
        ).Expect(200);

        (await app.Api(Huda).Get($"/transactions/{draft.Number}")).Expect(404);
        (await app.AnonymousApi.Get($"/tracking?number={draft.Number}&reference=HID-1")).Expect(404);
        (await app.Api(Sara).Get($"/transactions/{draft.Number}")).Expect(200);
    }
}
