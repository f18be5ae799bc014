using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.Assignments;

public sealed class AssignTransactionTests(SharedApp app) : IClassFixture<SharedApp>
{
    [Fact]
    public async Task An_editor_hands_over_their_own_with_a_reason()
    {
        var t = await app.Given.Transaction(status: "in_progress", by: Sara, assignee: Sara);
        var sara = app.SignedInAs(Sara);
        var page = await sara.Page($"/transactions/{t.Number}");

        var answer = await sara.Submit(
            page,
            $"form[action='/transactions/{t.Number}/assignee']",
            new { assignee = Omar.Id, reason = "Annual leave" }
        );

        Assert.Equal($"/transactions/{t.Number}", answer.Expect(303).Location);
        var after = await app.Given.Reload(t.Number);
        Assert.Equal((Omar.Id, t.Version + 1), (after.AssigneeId!.Value, after.Version));
        var line = after.History.OrderBy(h => h.Id).Last();
        Assert.Equal((HistoryKind.Assigned, "Annual leave"), (line.Kind, line.Text));
        Assert.Equal(new FieldChange("assignee", Sara.Name, Omar.Name), Assert.Single(line.Changes));
        Assert.Equal([Nasser.Id, Omar.Id], await Told(t.Number));
        Assert.Equal(
            1,
            await app.Db(db => db.Audit.CountAsync(a => a.EntityKey == t.Number && a.Action == "transaction.assigned"))
        );
    }

    [Fact]
    public async Task Who_hands_over_what_others_made_is_sent_to_the_list()
    {
        var t = await app.Given.Transaction(by: Nasser, assignee: Sara);

        var page = await app.SignedInAs(Sara)
            .Submit(
                $"/transactions/{t.Number}/assignee",
                new
                {
                    assignee = Omar.Id,
                    reason = "Not my field",
                    version = t.Version,
                }
            );

        Assert.Equal("/transactions", page.Expect(303).Location);
        var other = await app.Given.Transaction(by: Nasser, assignee: Sara);
        (
            await app.Api(Sara)
                .Post(
                    $"/transactions/{other.Number}/assignee",
                    new { assignee = $"{Omar.Id}", reason = "Not my field" }
                )
        ).Expect(204);
    }

    [Fact]
    public async Task An_editor_needs_a_reason_when_somebody_had_it()
    {
        var t = await app.Given.Transaction(by: Sara, assignee: Sara);

        var page = await app.SignedInAs(Sara)
            .Submit(
                $"/transactions/{t.Number}/assignee",
                new
                {
                    assignee = Omar.Id,
                    reason = " ",
                    version = t.Version,
                }
            );
        var json = await app.Api(Sara).Post($"/transactions/{t.Number}/assignee", new { assignee = $"{Omar.Id}" });

        Assert.Contains("Enter a reason for the new assignment.", page.Expect(422).TextOf("div.say.bad"));
        Assert.Equal($"{Omar.Id}", page.Attribute("select[name=assignee] option[selected]", "value"));
        Assert.True(json.Expect(422).Json.GetProperty("errors").TryGetProperty("reason", out _));
        Assert.Equal(Sara.Id, (await app.Given.Reload(t.Number)).AssigneeId);
    }

    [Fact]
    public async Task An_editor_takes_what_is_free_without_a_reason_and_what_another_has_with_one()
    {
        var (free, taken) = (
            await app.Given.Transaction(by: Sara, unassigned: true),
            await app.Given.Transaction(by: Sara, assignee: Omar)
        );
        var sara = app.Api(Sara);

        Assert.Equal(
            Sara.Email,
            (await sara.Post($"/transactions/{free.Number}/assignee", new { assignee = $"{Sara.Id}" }))
                .Expect(200)
                .Json.GetProperty("assignee")
                .GetProperty("email")
                .GetString()
        );
        (await sara.Post($"/transactions/{taken.Number}/assignee", new { assignee = $"{Sara.Id}" })).Expect(422);
        (
            await sara.Post(
                $"/transactions/{taken.Number}/assignee",
                new { assignee = $"{Sara.Id}", reason = "Back from leave" }
            )
        ).Expect(200);
    }

    [Fact]
    public async Task An_editor_does_not_move_it_between_others()
    {
        var t = await app.Given.Transaction(by: Sara, assignee: Omar);

        var page = await app.SignedInAs(Sara)
            .Submit(
                $"/transactions/{t.Number}/assignee",
                new
                {
                    assignee = Lina.Id,
                    reason = "x",
                    version = t.Version,
                }
            );
        var json = await app.Api(Sara)
            .Post($"/transactions/{t.Number}/assignee", new { assignee = $"{Lina.Id}", reason = "x" });
        var nobody = await app.Api(Sara)
            .Post($"/transactions/{t.Number}/assignee", new { assignee = (string?)null, reason = "x" });

        Assert.True(page.Expect(403).Has("div.say.bad"));
        Assert.Equal("assign-not-yours", json.Expect(403).Problem);
        nobody.Expect(403);
        Assert.Equal(Omar.Id, (await app.Given.Reload(t.Number)).AssigneeId);
    }

    [Fact]
    public async Task An_admin_assigns_reassigns_and_unassigns_as_they_like()
    {
        var t = await app.Given.Transaction(by: Sara, assignee: Omar);
        var nasser = app.Api(Nasser);

        (await nasser.Post($"/transactions/{t.Number}/assignee", new { assignee = $"{Lina.Id}" })).Expect(200);
        Assert.Null(
            (await nasser.Post($"/transactions/{t.Number}/assignee", new { assignee = (string?)null })).Expect(200)[
                "assignee"
            ]
        );
        (await nasser.Post($"/transactions/{t.Number}/assignee", new { assignee = $"{Fahad.Id}" })).Expect(200);

        // Old and new assignee each time; the admin who did it is not told.
        Assert.Equal([Omar.Id, Lina.Id, Lina.Id, Fahad.Id], (await Told(t.Number)).OrderBy(i => i == Omar.Id ? 0 : i));
    }

    [Fact]
    public async Task To_whom_it_belongs_already_changes_nothing()
    {
        var t = await app.Given.Transaction(by: Sara, assignee: Omar);

        (
            await app.Api(Nasser)
                .Post($"/transactions/{t.Number}/assignee", new { assignee = $"{Omar.Id}", reason = "Again" })
        ).Expect(200);

        Assert.Equal(t.Version, (await app.Given.Reload(t.Number)).Version);
        Assert.Empty(await Told(t.Number));
    }

    [Fact]
    public async Task Only_active_staff_is_assigned()
    {
        var t = await app.Given.Transaction(by: Sara);
        var gone = await app.Given.User("Majed Alanazi", status: Accounts.UserStatus.Suspended);

        foreach (
            var nobody in new[]
            {
                $"{Huda.Id}",
                $"{gone.Id}",
                "99999",
                "-1",
                "abc",
                "999999999999999999999",
                "1 OR 1=1",
            }
        )
        {
            var answer = await app.Api(Nasser).Post($"/transactions/{t.Number}/assignee", new { assignee = nobody });
            Assert.True(answer.Expect(422).Json.GetProperty("errors").TryGetProperty("assignee", out _), nobody);
        }
    }

    [Fact]
    public async Task A_body_without_an_assignee_is_not_taken_for_nobody()
    {
        var t = await app.Given.Transaction(by: Sara);

        (await app.Api(Nasser).Post($"/transactions/{t.Number}/assignee", new { reason = "x" })).Expect(400);

        Assert.Equal(Sara.Id, (await app.Given.Reload(t.Number)).AssigneeId);
    }

    [Fact]
    public async Task An_old_version_is_refused()
    {
        var t = await app.Given.Transaction(by: Sara);

        (
            await app.Api(Nasser)
                .Post($"/transactions/{t.Number}/assignee", new { assignee = $"{Omar.Id}" }, ("If-Match", "\"99\""))
        ).Expect(412);
        (
            await app.SignedInAs(Nasser)
                .Submit($"/transactions/{t.Number}/assignee", new { assignee = Omar.Id, version = 99 })
        ).Expect(412);

        Assert.Equal(Sara.Id, (await app.Given.Reload(t.Number)).AssigneeId);
    }

    private async Task<List<int>> Told(string number)
    {
        await app.Follow();
        return await app.Db(db =>
            db.Outbox.Where(m => m.TransactionNumber == number && m.Event == "transaction.assigned")
                .OrderBy(m => m.RecipientId)
                .Select(m => m.RecipientId)
                .ToListAsync()
        );
    }
}
