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
    public async Task What_somebody_changed_since_it_was_chosen_is_left_alone_and_named()
    {
        var (same, changed) = (
            await app.Given.Transaction(status: "submitted", by: Sara),
            await app.Given.Transaction(status: "submitted", by: Sara, reference: "BLK-1/7")
        );
        var nasser = app.SignedInAs(Nasser);
        foreach (
            var (action, fill) in new (string, object)[]
            {
                ("assign", new { assignee = $"{Omar.Id}" }),
                ("status", new { status = "under_review" }),
                ("delete", new { reason = "Twice" }),
            }
        )
        {
            var ask = await nasser.Submit(
                "/transactions/bulk",
                new { numbers = new[] { same.Number, changed.Number }, action }
            );
            (await nasser.Submit($"/transactions/{changed.Number}/comments", new { text = $"Before {action}" })).Expect(
                303
            );
            (
                await app.Api(Nasser)
                    .Put(
                        $"/transactions/{changed.Number}",
                        new
                        {
                            title = $"Before {action}",
                            client = "1",
                            type = "payment",
                            referenceNumber = "BLK-1/7",
                        },
                        (await app.Given.Reload(changed.Number)).Version
                    )
            ).Expect(200);

            var told = (await nasser.Submit(ask, "form.stack", fill)).Expect(200);

            Assert.Equal($"BLK-1/7 {changed.Number}", told.TextOf("table.plain tbody th"));
            Assert.Contains("since you chose it", told.TextOf("table.plain tbody td"));
        }

        Assert.Equal("submitted", (await app.Given.Reload(changed.Number)).Status);
        Assert.Equal("under_review", (await app.Given.Reload(same.Number)).Status);
    }

    [Fact]
    public async Task A_script_may_say_which_versions_it_has_read()
    {
        var (same, changed) = (await app.Given.Transaction(by: Sara), await app.Given.Transaction(by: Sara));
        var versions = new Dictionary<string, int>
        {
            [same.Number] = same.Version,
            [changed.Number] = changed.Version + 7,
        };

        var answer = await app.Api(Nasser)
            .Post(
                "/transactions/bulk",
                new
                {
                    numbers = new[] { same.Number, changed.Number },
                    action = "assign",
                    assignee = $"{Omar.Id}",
                    versions,
                }
            );

        Assert.Equal(
            [200, 409],
            answer
                .Expect(200)
                .Json.GetProperty("results")
                .EnumerateArray()
                .Select(r => r.GetProperty("status").GetInt32())
        );
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
        Assert.Equal($"{ended.ReferenceNumber} {ended.Number}", page.TextOf("table.plain tbody th"));
    }

    [Fact]
    public async Task The_question_names_references_and_offers_the_moves_of_all()
    {
        var (first, second) = (
            await app.Given.Transaction("First asked", status: "submitted", reference: "ASK-1/1"),
            await app.Given.Transaction("Second asked", status: "under_review", reference: "ASK-1/2")
        );
        var other = await app.Given.Transaction("Not Fahad's", status: "submitted");
        var nasser = app.SignedInAs(Nasser);

        var ask = await nasser.Submit(
            "/transactions/bulk",
            new
            {
                action = "status",
                numbers = new[] { first.Number, second.Number },
                returnUrl = "/transactions?q=asked",
            }
        );

        Assert.Equal(
            [$"ASK-1/1 {first.Number}", $"ASK-1/2 {second.Number}"],
            ask.Expect(200).Select(".chosen tbody th")
        );
        Assert.DoesNotContain("completed", ask.Document.QuerySelectorAll("#f-status option").Select(Value));
        Assert.Contains("cancelled", ask.Document.QuerySelectorAll("#f-status option").Select(Value));
        Assert.Contains("Under review: 1 of 2 can be moved there.", ask.Select("ul.hint li"));
        Assert.Equal("/transactions?q=asked", ask.Attribute("form.stack a[data-back]", "href"));

        var fahads = await app.SignedInAs(Fahad)
            .Submit("/transactions/bulk", new { action = "status", numbers = new[] { other.Number } });
        Assert.False(fahads.Expect(200).Has(".chosen"));

        static string Value(AngleSharp.Dom.IElement option) => option.GetAttribute("value")!;
    }

    [Fact]
    public async Task All_of_a_filter_are_chosen_without_naming_them()
    {
        var place = await app.Given.Client("All of it Co.");
        var all = await app.Given.Transactions(30, client: place, status: "submitted");
        await app.Given.Transactions(2, client: place, status: "draft");
        var nasser = app.SignedInAs(Nasser);
        var page = await nasser.Page($"/transactions?client={place.Id}&status=submitted&sort=title");
        Assert.Contains("All 30 that match", page.TextOf("#bulk label.check"));

        var ask = await nasser.Submit(page, "#bulk", new { action = "assign", all = "1" });
        var done = await nasser.Submit(ask.Expect(200), "form.stack", new { assignee = Lina.Id });

        Assert.Equal($"/transactions?status=submitted&client={place.Id}&sort=title", done.Expect(303).Location);
        Assert.Contains("30 transactions changed.", (await nasser.Follow(done)).TextOf("div.toast"));
        Assert.Equal(Lina.Id, (await app.Given.Reload(all[29].Number)).AssigneeId);

        var sheet = await nasser.Submit(
            "/transactions/export?sort=title",
            new
            {
                format = "csv",
                all = "1",
                list = $"?client={place.Id}",
            }
        );
        Assert.Equal(33, sheet.Expect(200).Text.Trim().Split('\n').Length);
        (
            await nasser.Submit(
                "/transactions/bulk",
                new
                {
                    action = "assign",
                    all = "1",
                    list = "?status=bogus",
                }
            )
        ).Expect(400);
    }

    [Fact]
    public async Task An_act_is_undone_and_the_history_shows_both()
    {
        var all = await app.Given.Transactions(3, status: "submitted", assignee: Omar);
        var numbers = all.Select(t => t.Number).ToArray();
        var nasser = app.SignedInAs(Nasser);
        var done = await nasser.Submit(
            "/transactions/bulk",
            new
            {
                go = 1,
                action = "assign",
                assignee = Lina.Id,
                numbers,
                returnUrl = "/transactions?q=x",
            }
        );
        var list = await nasser.Follow(done);
        (await app.Api(Nasser).Post($"/transactions/{numbers[2]}/comments", new { text = "Since then" })).Expect(201);

        var undone = await nasser.Submit(list, ".toast form", new { });

        Assert.Equal("/transactions?q=x", undone.Expect(303).Location);
        Assert.Contains(
            "2 changes undone. 1 was changed since and stays as it is.",
            (await nasser.Follow(undone)).TextOf("div.toast")
        );
        Assert.Equal(Omar.Id, (await app.Given.Reload(numbers[0])).AssigneeId);
        Assert.Equal(Lina.Id, (await app.Given.Reload(numbers[2])).AssigneeId);
        var page = await nasser.Page("/transactions/" + numbers[0]);
        Assert.Contains("Bulk change undone", page.TextOf("#timeline"));
    }

    [Fact]
    public async Task Moves_and_deletions_are_undone_by_whoever_made_them_and_only_for_a_while()
    {
        var (moved, deleted) = (
            await app.Given.Transaction(status: "submitted"),
            await app.Given.Transaction(status: "submitted")
        );
        var nasser = app.Api(Nasser);
        async Task<string> Batch(object act) =>
            (await nasser.Post("/transactions/bulk", act)).Expect(200).Json.GetProperty("batch").GetString()!;
        var move = await Batch(
            new
            {
                numbers = new[] { moved.Number },
                action = "status",
                status = "under_review",
            }
        );
        var deletion = await Batch(
            new
            {
                numbers = new[] { deleted.Number },
                action = "delete",
                reason = "Twice",
            }
        );

        (await app.Api(Sara).Post("/transactions/bulk/undo", new { batch = move })).Expect(409);
        (await nasser.Post("/transactions/bulk/undo", new { batch = "x" })).Expect(409);
        (await nasser.Post("/transactions/bulk/undo", new { })).Expect(409);
        (await app.Api(Huda).Post("/transactions/bulk/undo", new { batch = move })).Expect(403);
        var first = (await nasser.Post("/transactions/bulk/undo", new { batch = move })).Expect(200);
        (await nasser.Post("/transactions/bulk/undo", new { batch = deletion })).Expect(200);
        var again = (await nasser.Post("/transactions/bulk/undo", new { batch = move })).Expect(200);

        Assert.Equal(("1", "0"), (first["undone"], first["left"]));
        Assert.Equal(("0", "1"), (again["undone"], again["left"]));
        Assert.Equal("submitted", (await app.Given.Reload(moved.Number)).Status);
        Assert.Null((await app.Given.Reload(deleted.Number)).DeletedAt);
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
                new
                {
                    numbers = Enumerable.Range(0, ChangeMany.NumbersMax + 1).Select(i => $"TRX-2026-{i:00000}"),
                    action = "status",
                }
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
