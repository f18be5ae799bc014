using MdcTts.Support;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.Bulk;

public sealed class ChangeManyTests(SharedApp app) : IClassFixture<SharedApp>
{
    [Fact]
    public async Task Each_is_answered_by_itself()
    {
        var (good, ended, others) = (
            await app.Given.Transaction(status: "submitted"),
            await app.Given.Transaction(status: "completed"),
            await app.Given.Transaction(status: "submitted", by: Omar)
        );

        var answer = await app.Api(Sara)
            .Post(
                "/transactions/bulk",
                new
                {
                    numbers = new[] { good.Number, ended.Number, others.Number, good.Number, "TRX-9999-1" },
                    action = "status",
                    status = "under_review",
                }
            );

        var results = answer
            .Expect(200)
            .Json.GetProperty("results")
            .EnumerateArray()
            .Select(r =>
                (
                    r.GetProperty("number").GetString()!,
                    r.GetProperty("ok").GetBoolean(),
                    r.GetProperty("status").GetInt32()
                )
            )
            .ToList();
        Assert.Equal(
            [
                (good.Number, true, 200),
                (ended.Number, false, 409),
                (others.Number, false, 404),
                ("TRX-9999-1", false, 404),
            ],
            results
        );
        Assert.Equal(
            "urn:mdc:problem:invalid-transition",
            answer.Json.GetProperty("results")[1].GetProperty("type").GetString()
        );
        Assert.Equal("under_review", (await app.Given.Reload(good.Number)).Status);
        Assert.Equal("submitted", (await app.Given.Reload(others.Number)).Status);
    }

    [Fact]
    public async Task The_bar_of_the_list_asks_for_what_the_act_needs_then_does_it()
    {
        var all = await app.Given.Transactions(3, i => $"Bulk {i}", status: "submitted");
        var nasser = app.SignedInAs(Nasser);

        var ask = await nasser.Submit(
            "/transactions/bulk",
            new { action = "assign", numbers = all.Select(t => t.Number) }
        );
        var done = await nasser.Submit(ask.Expect(200), "form.stack", new { assignee = Lina.Id, reason = "New team" });

        Assert.Equal("/transactions", done.Expect(303).Location);
        Assert.Contains("3 transactions changed.", (await nasser.Follow(done)).TextOf("div.toast"));
        foreach (var t in all)
            Assert.Equal(Lina.Id, (await app.Given.Reload(t.Number)).AssigneeId);
    }

    [Fact]
    public async Task The_page_lists_what_was_refused_and_why()
    {
        var (good, ended) = (
            await app.Given.Transaction(status: "draft"),
            await app.Given.Transaction(status: "cancelled")
        );

        var page = await app.SignedInAs(Sara)
            .Submit(
                "/transactions/bulk",
                new
                {
                    go = 1,
                    action = "status",
                    status = "submitted",
                    numbers = new[] { good.Number, ended.Number },
                }
            );

        Assert.Contains("1 transaction changed. 1 could not be changed.", page.Expect(200).TextOf("div.say"));
        Assert.Equal(ended.Number, page.TextOf("table.plain tbody th"));
    }

    [Fact]
    public async Task Deleting_many_is_for_admins()
    {
        var t = await app.Given.Transaction(status: "submitted");

        var sara = await app.Api(Sara)
            .Post(
                "/transactions/bulk",
                new
                {
                    numbers = new[] { t.Number },
                    action = "delete",
                    reason = "x",
                }
            );
        var nasser = await app.Api(Nasser)
            .Post(
                "/transactions/bulk",
                new
                {
                    numbers = new[] { t.Number },
                    action = "delete",
                    reason = "Entered twice",
                }
            );

        Assert.Equal(403, sara.Expect(200).Json.GetProperty("results")[0].GetProperty("status").GetInt32());
        Assert.True(nasser.Expect(200).Json.GetProperty("results")[0].GetProperty("ok").GetBoolean());
        Assert.NotNull((await app.Given.Reload(t.Number)).DeletedAt);
        Assert.False((await app.SignedInAs(Sara).Page("/transactions")).Has("#bulk [value=delete]"));
    }

    [Fact]
    public async Task Unknown_acts_and_wrong_counts_are_refused()
    {
        var sara = app.Api(Sara);

        Assert.Equal(
            ["assign", "status", "delete"],
            (await sara.Post("/transactions/bulk", new { numbers = new[] { "x" }, action = "explode" }))
                .Expect(400)
                .Json.GetProperty("allowed")
                .EnumerateArray()
                .Select(a => a.GetString()!)
        );
        (await sara.Post("/transactions/bulk", new { numbers = Array.Empty<string>(), action = "status" })).Expect(422);
        (
            await sara.Post(
                "/transactions/bulk",
                new { numbers = Enumerable.Range(0, 201).Select(i => $"TRX-2026-{i:00000}"), action = "status" }
            )
        ).Expect(422);
        (await sara.Post("/transactions/bulk", new { action = "status" })).Expect(422);
        (await sara.PostRaw("/transactions/bulk", """{"numbers":[null,1],"action":"status"}""")).Expect(400);
        (await sara.PostRaw("/transactions/bulk", """{"numbers":[null],"action":"status"}""")).Expect(422);
        (await app.SignedInAs(Sara).Submit("/transactions/bulk", new { action = "explode" })).Expect(400);
        Assert.True(
            (await app.SignedInAs(Sara).Submit("/transactions/bulk", new { action = "assign" })).Has("div.say.bad")
        );
    }

    [Fact]
    public async Task Clients_and_visitors_change_nothing()
    {
        var t = await app.Given.Transaction(status: "submitted");

        (
            await app.SignedInAs(Huda)
                .Submit(
                    "/transactions/bulk",
                    new
                    {
                        go = 1,
                        action = "status",
                        status = "cancelled",
                        note = "x",
                        numbers = t.Number,
                    }
                )
        ).Expect(403);
        (
            await app.Api(Huda)
                .Post(
                    "/transactions/bulk",
                    new
                    {
                        numbers = new[] { t.Number },
                        action = "status",
                        status = "cancelled",
                        note = "x",
                    }
                )
        ).Expect(403);
        (await app.AnonymousApi.Post("/transactions/bulk", new { numbers = new[] { t.Number } })).Expect(401);
        Assert.False((await app.SignedInAs(Huda).Page("/transactions")).Has("#bulk, input[name=numbers]"));
    }
}
