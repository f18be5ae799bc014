using MdcTts.Features.Catalogue;
using MdcTts.Features.Outbox;
using MdcTts.Features.Outbox.Writing;
using MdcTts.Infrastructure.Security;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.StatusChanges;

public sealed class ChangeStatusTests(App app) : IClassFixture<App>
{
    private static readonly WorkflowMap Default = new(DefaultWorkflow.Statuses, DefaultWorkflow.Moves);

    [Fact]
    public async Task An_editor_submits_a_draft_on_its_page()
    {
        var t = await app.Given.Transaction(status: "draft");
        var sara = app.SignedInAs(Sara);
        var page = await sara.Page($"/transactions/{t.Number}");

        var answer = await sara.Submit(
            page,
            $"form[action='/transactions/{t.Number}/status']",
            new
            {
                to = "submitted",
                note = "All sheets are in",
                noteVisibility = "public",
            }
        );

        Assert.Equal($"/transactions/{t.Number}", answer.Expect(303).Location);
        var after = await app.Given.Reload(t.Number);
        Assert.Equal(("submitted", app.Now, t.Version + 1), (after.Status, after.SubmittedAt!.Value, after.Version));
        var line = after.History.OrderBy(h => h.Id).Last();
        Assert.Equal(
            (HistoryKind.Status, "draft", "submitted", "All sheets are in", NoteVisibility.Public),
            (line.Kind, line.FromStatus, line.ToStatus, line.Text, line.Visibility)
        );
        Assert.Contains("Submitted", (await sara.Follow(answer)).TextOf("div.toast"));
    }

    [Fact]
    public async Task Htmx_is_sent_to_the_page_without_a_redirect()
    {
        var t = await app.Given.Transaction(status: "draft");

        var answer = await app.SignedInAs(Sara)
            .Submit($"/transactions/{t.Number}/status", new { to = "submitted" }, htmx: true);

        Assert.Equal($"/transactions/{t.Number}", answer.Expect(204).Header("HX-Redirect"));
    }

    /// <summary>
    /// Every status, every target, both roles of staff: what the table has is done, anything else is refused with what
    /// is possible.
    /// </summary>
    [Fact]
    public async Task Only_the_moves_of_the_table_are_made()
    {
        var wrong = new List<string>();
        foreach (var person in new[] { Nasser, Sara })
        {
            var api = app.Api(person);
            foreach (var from in Default.Statuses.Select(s => s.Key))
            {
                var allowed = Default.MovesFrom(from, person.Role).Select(m => m.To).ToList();
                var refused = await app.Given.Transaction(status: from);
                foreach (var to in Default.Statuses.Select(s => s.Key).Except(allowed))
                {
                    var answer = await api.Post(
                        $"/transactions/{refused.Number}/status",
                        new { status = to, note = "because" }
                    );
                    if (
                        answer.Status != 409
                        || answer.Problem != "invalid-transition"
                        || !allowed.SequenceEqual(
                            answer.Json.GetProperty("allowed").EnumerateArray().Select(a => a.GetString()!)
                        )
                    )
                        wrong.Add($"{person} {from} → {to}: {answer.Status} {answer.Text}");
                }

                if ((await app.Given.Reload(refused.Number)).Version != refused.Version)
                    wrong.Add($"{person} {from}: changed though refused");
                foreach (var to in allowed)
                {
                    var t = await app.Given.Transaction(status: from);
                    var answer = await api.Post(
                        $"/transactions/{t.Number}/status",
                        new { status = to, note = "because" }
                    );
                    if (answer.Status != 200 || answer["status"] != to)
                        wrong.Add($"{person} {from} → {to}: {answer.Status} {answer.Text}");
                }
            }
        }

        Check.None(wrong);
    }

    [Fact]
    public async Task The_offered_moves_are_the_possible_ones()
    {
        foreach (var (person, from) in from p in new[] { Nasser, Sara } from s in Default.Statuses select (p, s.Key))
        {
            var t = await app.Given.Transaction(status: from);
            var expected = Default.MovesFrom(from, person.Role).Select(m => (m.To, m.NeedsNote)).ToList();

            var told = (await app.Api(person).Get($"/transactions/{t.Number}/transitions"))
                .Expect(200)
                .Json.GetProperty("transitions")
                .EnumerateArray();
            var page = await app.SignedInAs(person).Page($"/transactions/{t.Number}");

            Assert.Equal(
                expected,
                told.Select(m => (m.GetProperty("to").GetString()!, m.GetProperty("noteNeeded").GetBoolean()))
            );
            Assert.Equal(
                expected,
                page.Document.QuerySelectorAll("details.move:has([name=to])")
                    .Select(d =>
                        (
                            d.QuerySelector("[name=to]")!.GetAttribute("value")!,
                            d.QuerySelector("textarea")!.HasAttribute("required")
                        )
                    )
            );
        }
    }

    [Theory]
    [InlineData("draft", "cancelled")]
    [InlineData("submitted", "draft")]
    [InlineData("under_review", "submitted")]
    [InlineData("in_progress", "on_hold")]
    public async Task A_move_that_needs_a_note_is_refused_without_one(string from, string to)
    {
        var t = await app.Given.Transaction(status: from);

        var json = await app.Api(Nasser).Post($"/transactions/{t.Number}/status", new { status = to, note = "  " });
        var page = await app.SignedInAs(Nasser)
            .Submit(
                $"/transactions/{t.Number}/status",
                new
                {
                    to,
                    note = "",
                    version = t.Version,
                }
            );

        Assert.Equal(
            "Enter a note for this move.",
            json.Expect(422).Json.GetProperty("errors").GetProperty("note")[0].GetString()
        );
        Assert.Contains("Enter a note for this move.", page.Expect(422).TextOf("div.say.bad"));
        Assert.True(page.One($"details.move:has(input[value={to}])").HasAttribute("open"));
        Assert.Equal(from, (await app.Given.Reload(t.Number)).Status);
    }

    [Fact]
    public async Task A_refused_note_is_still_there()
    {
        var t = await app.Given.Transaction(status: "submitted");

        var page = await app.SignedInAs(Sara)
            .Submit(
                $"/transactions/{t.Number}/status",
                new
                {
                    to = "cancelled",
                    note = new string('x', 1001),
                    version = t.Version,
                }
            );

        Assert.Equal(new string('x', 1001), page.Expect(422).TextOf("#note-cancelled"));
    }

    [Fact]
    public async Task A_move_seen_on_an_old_page_is_refused_and_shows_the_present()
    {
        var t = await app.Given.Transaction(status: "submitted");
        (await app.Api(Nasser).Post($"/transactions/{t.Number}/comments", new { text = "Wait" })).Expect(201);

        var page = await app.SignedInAs(Sara)
            .Submit($"/transactions/{t.Number}/status", new { to = "under_review", version = t.Version });
        var json = await app.Api(Sara)
            .Post(
                $"/transactions/{t.Number}/status",
                new { status = "under_review" },
                ("If-Match", $"\"{t.Version}\"")
            );

        Assert.True(page.Expect(412).Has("div.say.bad"));
        Assert.Equal("version-mismatch", json.Expect(412).Problem);
        Assert.Equal("submitted", (await app.Given.Reload(t.Number)).Status);
    }

    [Fact]
    public async Task The_answer_is_the_transaction_with_its_version()
    {
        var t = await app.Given.Transaction(status: "submitted");

        var answer = await app.Api(Sara)
            .Post(
                $"/transactions/{t.Number}/status",
                new { status = "under_review" },
                ("If-Match", $"\"{t.Version}\"")
            );

        Assert.Equal($"\"{t.Version + 1}\"", answer.Expect(200).Header("ETag"));
        Assert.Equal(("under_review", "Under review"), (answer["status"], answer["statusName"]));
    }

    [Fact]
    public async Task An_unknown_status_or_visibility_is_refused()
    {
        var t = await app.Given.Transaction(status: "draft");

        var unknown = await app.Api(Sara).Post($"/transactions/{t.Number}/status", new { status = "sumbitted" });
        var nothing = await app.Api(Sara).Post($"/transactions/{t.Number}/status", new { });
        var visibility = await app.Api(Sara)
            .Post($"/transactions/{t.Number}/status", new { status = "submitted", noteVisibility = "client" });

        Assert.Contains(
            "submitted",
            unknown.Expect(400).Json.GetProperty("allowed").EnumerateArray().Select(a => a.GetString())
        );
        nothing.Expect(400);
        Assert.True(visibility.Expect(422).Json.GetProperty("errors").TryGetProperty("noteVisibility", out _));
    }

    /// <summary>
    /// The creator, the assignee and the client's people are told, but for who did it; the client's people only what is
    /// public.
    /// </summary>
    [Fact]
    public async Task Status_history_audit_and_messages_are_written_together()
    {
        var t = await app.Given.Transaction(status: "submitted", by: Sara, assignee: Omar);

        (
            await app.Api(Omar)
                .Post(
                    $"/transactions/{t.Number}/status",
                    new
                    {
                        status = "under_review",
                        note = "Checked the annex",
                        noteVisibility = "internal",
                    }
                )
        ).Expect(200);

        var after = await app.Given.Reload(t.Number);
        Assert.Equal("under_review", after.Status);
        Assert.Equal(t.History.Count + 1, after.History.Count);
        var audit = await app.Db(db =>
            db.Audit.Where(a => a.EntityKey == t.Number && a.Action == "transaction.status_changed").ToListAsync()
        );
        Assert.Equal(Omar.Id, Assert.Single(audit).ActorId);
        var told = await Told(t.Number);
        Assert.Equal([Sara.Id, Huda.Id], told.Select(m => m.RecipientId).Order());
        Assert.All(told, m => Assert.Equal("transaction.status_changed", m.Event));
        Assert.Contains("Checked the annex", await Mailed(told.Single(m => m.RecipientId == Sara.Id)));
        Assert.DoesNotContain("Checked the annex", await Mailed(told.Single(m => m.RecipientId == Huda.Id)));
    }

    [Fact]
    public async Task The_clients_people_read_a_public_note_and_never_of_a_draft()
    {
        var t = await app.Given.Transaction(status: "draft");
        (
            await app.Api(Sara)
                .Post(
                    $"/transactions/{t.Number}/status",
                    new
                    {
                        status = "submitted",
                        note = "Received with thanks",
                        noteVisibility = "public",
                    }
                )
        ).Expect(200);
        var theirs = Assert.Single(await Told(t.Number), m => m.RecipientId == Huda.Id);
        Assert.Contains("Received with thanks", await Mailed(theirs));

        (
            await app.Api(Sara)
                .Post(
                    $"/transactions/{t.Number}/status",
                    new
                    {
                        status = "draft",
                        note = "Sheet 4 is missing",
                        noteVisibility = "public",
                    }
                )
        ).Expect(200);

        Assert.Single(await Told(t.Number), m => m.RecipientId == Huda.Id);
    }

    [Fact]
    public async Task Nothing_is_written_when_the_move_is_refused()
    {
        var t = await app.Given.Transaction(status: "completed");
        var before = await Written();

        (
            await app.Api(Nasser).Post($"/transactions/{t.Number}/status", new { status = "draft", note = "Again" })
        ).Expect(409);

        Assert.Equal(before, await Written());
        Assert.Equal(t.Version, (await app.Given.Reload(t.Number)).Version);
    }

    /// <summary>Of many who move the same version at once, one does; of the others nothing remains.</summary>
    [Fact]
    public async Task Nothing_is_written_when_somebody_else_was_faster()
    {
        var t = await app.Given.Transaction(status: "submitted", by: Sara, assignee: Omar);
        var clients = Enumerable.Range(0, 12).Select(i => app.Api(i % 2 == 0 ? Sara : Nasser)).ToList();
        var before = await Written();

        var answers = await Task.WhenAll(
            clients.Select(c =>
                c.Post(
                    $"/transactions/{t.Number}/status",
                    new { status = "under_review" },
                    ("If-Match", $"\"{t.Version}\"")
                )
            )
        );

        Assert.Single(answers, a => a.Status == 200);
        Assert.All(answers.Where(a => a.Status != 200), a => Assert.Contains(a.Status, new[] { 409, 412 }));
        var after = await app.Given.Reload(t.Number);
        Assert.Equal((t.Version + 1, t.History.Count + 1), (after.Version, after.History.Count));
        var now = await Written();
        Assert.Equal(before.Audit + 1, now.Audit);
        Assert.InRange(now.Outbox - before.Outbox, 2, 3);
    }

    [Theory]
    [InlineData("draft", "submitted", true)]
    [InlineData("in_progress", "completed", true)]
    [InlineData("in_progress", "cancelled", true)]
    [InlineData("payment_pending", "paid", true)]
    [InlineData("approved", "in_progress", false)]
    public async Task Admins_hear_of_what_waits_for_them_and_of_the_end(string from, string to, bool isTold)
    {
        var t = await app.Given.Transaction(status: from);
        var before = (await Told(t.Number)).Count(m => m.RecipientId == Nasser.Id);

        (await app.Api(Sara).Post($"/transactions/{t.Number}/status", new { status = to, note = "So be it" })).Expect(
            200
        );

        Assert.Equal(before + (isTold ? 1 : 0), (await Told(t.Number)).Count(m => m.RecipientId == Nasser.Id));
    }

    /// <summary>
    /// However it is moved, the history has a line for each move, and each begins where the last ended.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(42)]
    [InlineData(1448)]
    public async Task A_random_walk_leaves_a_line_for_every_move(int seed)
    {
        var random = new Random(seed);
        var t = await app.Given.Transaction(status: "draft");
        var (api, moves, status) = (app.Api(Nasser), 0, "draft");
        for (var i = 0; i < 12 && !Default[status].IsEnd; i++)
        {
            var to =
                random.Next(4) == 0
                    ? Default.Statuses[random.Next(Default.Statuses.Count)].Key
                    : Default.MovesFrom(status, Role.Admin).OrderBy(_ => random.Next()).First().To;
            var possible = Default.Find(status, to, Role.Admin) is not null;
            (await api.Post($"/transactions/{t.Number}/status", new { status = to, note = "step" })).Expect(
                possible ? 200 : 409
            );
            if (possible)
                (moves, status) = (moves + 1, to);
        }

        var after = await app.Given.Reload(t.Number);
        var lines = after.History.Where(h => h.Kind == HistoryKind.Status).OrderBy(h => h.Id).ToList();
        Assert.Equal((status, moves, moves + 1), (after.Status, lines.Count, after.History.Count));
        Assert.Equal(lines.Skip(1).Select(l => l.FromStatus), lines.SkipLast(1).Select(l => l.ToStatus));
    }

    [Fact]
    public async Task Completion_is_dated_and_cancellation_is_not()
    {
        var done = await app.Given.Transaction(status: "in_progress");
        var ended = await app.Given.Transaction(status: "in_progress");

        var completed = await app.Api(Sara).Post($"/transactions/{done.Number}/status", new { status = "completed" });
        var cancelled = await app.Api(Sara)
            .Post($"/transactions/{ended.Number}/status", new { status = "cancelled", note = "Withdrawn" });

        Assert.Equal("2026-11-22T09:30:00Z", completed.Expect(200)["completedAt"]);
        Assert.Null(cancelled.Expect(200)["completedAt"]);
    }

    private async Task<string> Mailed(Outbox.OutboxMessage message) =>
        (await app.With<WriteMail, Mail>(writer => writer.Handle(message, CancellationToken.None))).Message!.TextBody
        ?? "";

    private async Task<List<Outbox.OutboxMessage>> Told(string number)
    {
        await app.Follow();
        return await app.Db(db => db.Outbox.Where(m => m.TransactionNumber == number).ToListAsync());
    }

    private async Task<(int History, int Audit, int Outbox)> Written()
    {
        await app.Follow();
        return await app.Db(async db =>
            (await db.History.CountAsync(), await db.Audit.CountAsync(), await db.Outbox.CountAsync())
        );
    }
}
