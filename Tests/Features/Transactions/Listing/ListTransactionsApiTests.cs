using MdcTts.Support;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.Listing;

/// <summary>The list as scripts page and walk through it.</summary>
public sealed class ListTransactionsApiTests(App app) : IClassFixture<App>
{
    [Fact]
    public async Task Pages_are_linked_in_the_body_and_in_the_header()
    {
        await app.Given.Transactions(7, i => $"Paged {i}", status: "submitted");
        var api = app.Api(Sara);

        var first = await api.Get("/transactions?q=paged&pageSize=3&sort=number");
        var second = await api.Get(first.Expect(200)["next"]!);
        var third = await api.Get(second["next"]!);

        Assert.Equal(
            ("1", "3", "7", "3", null),
            (first["page"], first["pageSize"], first["total"], first["totalPages"], first["previous"])
        );
        Assert.Equal($"<{first["next"]}>; rel=\"next\"", first.Header("Link"));
        Assert.Equal($"<{second["next"]}>; rel=\"next\", <{second["previous"]}>; rel=\"prev\"", second.Header("Link"));
        Assert.Null(third["next"]);
        Assert.Equal(
            Enumerable.Range(0, 7).Select(i => $"Paged {i}"),
            new[] { first, second, third }.SelectMany(Titles)
        );
        Assert.Equal(Titles(first), Titles(await api.Get(second["previous"]!)));
    }

    [Fact]
    public async Task A_walk_by_cursor_meets_each_once_while_others_insert()
    {
        var before = await app.Given.Transactions(23, i => $"Walked {i}", status: "submitted");
        var (api, seen, cursor) = (app.Api(Sara), new List<string>(), (string?)"");
        for (var step = 0; cursor is not null; step++)
        {
            var page = (await api.Get($"/transactions?q=walked&after={cursor}&limit=5")).Expect(200);
            seen.AddRange(page.Items.Select(i => i.GetProperty("number").GetString()!));
            cursor = page["nextCursor"];
            if (step == 1)
                await app.Given.Transactions(4, i => $"Walked late {i}", status: "submitted");
            if (step == 2)
                (await api.Post($"/transactions/{before[0].Number}/comments", new { text = "Touched" })).Expect(201);
        }

        Assert.Equal(27, seen.Count);
        Assert.Equal(27, seen.Distinct().Count());
        Assert.Equal(before.Select(t => t.Number), seen.Take(23));
    }

    [Theory]
    [InlineData("after=nonsense")]
    [InlineData("after=dDk5OTk5OTk5OTk5OTk5OTk5")]
    [InlineData("after=%00")]
    public async Task A_cursor_that_is_none_of_ours_is_refused(string query) =>
        (await app.Api(Sara).Get($"/transactions?{query}")).Expect(400);

    [Theory]
    [InlineData("statsu=draft", "status")]
    [InlineData("status=drafted", "draft")]
    [InlineData("priority=very", "urgent")]
    [InlineData("type=x", "payment")]
    [InlineData("sort=money", "updatedAt")]
    [InlineData("sort=clients", "amount")]
    [InlineData("sort=-password", "updatedAt")]
    [InlineData("sort=--title", "title")]
    [InlineData("sort=title;drop", "title")]
    [InlineData("overdue=yes", "true")]
    [InlineData("assignee=you", "me")]
    [InlineData("createdBy=none", "me")]
    [InlineData("holder=nobody", "client")]
    [InlineData("client=x", "id")]
    [InlineData("dueFrom=soon", "YYYY-MM-DD")]
    [InlineData("updatedSince=yesterday", "2026-11-22T09:30:00Z")]
    public async Task What_the_contract_does_not_know_is_refused_with_what_it_knows(string query, string known)
    {
        var answer = await app.Api(Sara).Get($"/transactions?{query}");

        Assert.Equal("not-allowed-value", answer.Expect(400).Problem);
        Assert.Contains(known, answer.Json.GetProperty("allowed").EnumerateArray().Select(a => a.GetString()));
        if (!query.StartsWith("statsu", StringComparison.Ordinal))
            (await app.SignedInAs(Sara).Page($"/transactions?{query}")).Expect(400);
    }

    private static IEnumerable<string> Titles(ApiAnswer answer) =>
        answer.Expect(200).Items.Select(i => i.GetProperty("title").GetString()!);
}
