using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Infrastructure.Idempotency;

public sealed class IdempotencyTests(App app) : IClassFixture<App>
{
    private static object Body(string title) =>
        new
        {
            title,
            client = "1",
            type = "payment",
        };

    [Fact]
    public async Task The_same_key_and_body_get_the_first_answer_again()
    {
        var sara = app.Api(Sara);

        var first = await sara.Post("/transactions", Body("Once only"), ("Idempotency-Key", "once"));
        var again = await sara.Post("/transactions", Body("Once only"), ("Idempotency-Key", "once"));

        Assert.Null(first.Expect(201).Header("Idempotency-Replayed"));
        Assert.Equal("true", again.Expect(201).Header("Idempotency-Replayed"));
        Assert.Equal(first.Text, again.Text);
        foreach (var header in new[] { "Location", "ETag", "Content-Type" })
            Assert.Equal(first.Header(header), again.Header(header));
        Assert.Equal(1, await Count("Once only"));
    }

    [Fact]
    public async Task Another_body_or_address_under_the_same_key_is_refused()
    {
        var sara = app.Api(Sara);
        (await sara.Post("/transactions", Body("Mixed up"), ("Idempotency-Key", "mixed"))).Expect(201);

        Assert.Equal(
            "idempotency-other-body",
            (await sara.Post("/transactions", Body("Mixed up 2"), ("Idempotency-Key", "mixed"))).Expect(422).Problem
        );
        (await sara.Post("/transactions/bulk", Body("Mixed up"), ("Idempotency-Key", "mixed"))).Expect(422);
        Assert.Equal(0, await Count("Mixed up 2"));
    }

    [Fact]
    public async Task Keys_belong_to_their_callers()
    {
        (await app.Api(Sara).Post("/transactions", Body("Ours"), ("Idempotency-Key", "shared"))).Expect(201);

        Assert.Null(
            (await app.Api(Omar).Post("/transactions", Body("Ours"), ("Idempotency-Key", "shared")))
                .Expect(201)
                .Header("Idempotency-Replayed")
        );

        Assert.Equal(2, await Count("Ours"));
        (await app.AnonymousApi.Post("/transactions", Body("Ours"), ("Idempotency-Key", "shared"))).Expect(401);
    }

    [Fact]
    public async Task Of_many_at_once_one_creates()
    {
        var clients = Enumerable.Range(0, 16).Select(_ => app.Api(Sara)).ToList();

        var answers = await Task.WhenAll(
            clients.Select(c => c.Post("/transactions", Body("Raced"), ("Idempotency-Key", "raced")))
        );

        Assert.Equal(1, await Count("Raced"));
        Assert.Single(answers, a => a.Status == 201 && a.Header("Idempotency-Replayed") is null);
        Assert.All(answers, a => Assert.Contains(a.Status, new[] { 201, 409 }));
        Assert.Single(answers.Where(a => a.Status == 201).Select(a => a["number"]).Distinct());
    }

    [Fact]
    public async Task A_refusal_is_an_answer_too()
    {
        var sara = app.Api(Sara);

        var first = await sara.Post("/transactions", Body(""), ("Idempotency-Key", "refused"));
        var again = await sara.Post("/transactions", Body(""), ("Idempotency-Key", "refused"));

        Assert.Equal(first.Expect(422).Text, again.Expect(422).Text);
        Assert.Equal("true", again.Header("Idempotency-Replayed"));
    }

    [Fact]
    public async Task A_failure_of_the_server_is_not_kept()
    {
        var sara = app.Api(Sara);
        await app.Db(db => db.Database.ExecuteSqlRawAsync("ALTER TABLE \"Events\" RENAME TO \"EventsAway\""));
        try
        {
            Assert.Equal(
                "unexpected",
                (await sara.Post("/transactions", Body("Failed"), ("Idempotency-Key", "failed"))).Expect(500).Problem
            );
        }
        finally
        {
            await app.Db(db => db.Database.ExecuteSqlRawAsync("ALTER TABLE \"EventsAway\" RENAME TO \"Events\""));
        }

        Assert.Equal(0, await Count("Failed"));
        Assert.Null(
            (await sara.Post("/transactions", Body("Failed"), ("Idempotency-Key", "failed")))
                .Expect(201)
                .Header("Idempotency-Replayed")
        );
        Assert.Equal(1, await Count("Failed"));
    }

    [Fact]
    public async Task A_key_too_long_or_forbidden_is_refused()
    {
        Assert.Equal(
            "idempotency-bad-key",
            (await app.Api(Sara).Post("/transactions", Body("x"), ("Idempotency-Key", new string('k', 201))))
                .Expect(400)
                .Problem
        );
        (
            await app.Api(Sara).Post("/transactions", Body("Longest key"), ("Idempotency-Key", new string('k', 200)))
        ).Expect(201);
    }

    [Fact]
    public async Task An_answer_without_a_body_is_replayed()
    {
        var t = await app.Given.Transaction(by: Nasser, assignee: Sara);
        var body = new { assignee = $"{Omar.Id}", reason = "Not mine" };

        (await app.Api(Sara).Post($"/transactions/{t.Number}/assignee", body, ("Idempotency-Key", "empty"))).Expect(
            204
        );

        Assert.Equal(
            "true",
            (await app.Api(Sara).Post($"/transactions/{t.Number}/assignee", body, ("Idempotency-Key", "empty")))
                .Expect(204)
                .Header("Idempotency-Replayed")
        );
    }

    [Fact]
    public async Task What_was_done_before_its_answer_was_lost_is_not_done_again()
    {
        var sara = app.Api(Sara);
        (await sara.Post("/transactions", Body("Lost answer"), ("Idempotency-Key", "lost"))).Expect(201);
        // As the process leaves it that dies after the commit.
        await app.Db(db =>
            db.IdempotencyKeys.Where(r => r.Key == "lost")
                .ExecuteUpdateAsync(set =>
                    set.SetProperty(r => r.Status, IdempotencyRecord.Done).SetProperty(r => r.Body, (byte[]?)null)
                )
        );

        Assert.Equal(
            "idempotency-running",
            (await sara.Post("/transactions", Body("Lost answer"), ("Idempotency-Key", "lost"))).Expect(409).Problem
        );
        app.Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(
            "idempotency-answer-lost",
            (await sara.Post("/transactions", Body("Lost answer"), ("Idempotency-Key", "lost"))).Expect(409).Problem
        );
        Assert.Equal(1, await Count("Lost answer"));
    }

    [Fact]
    public async Task Who_wakes_after_the_key_was_taken_over_writes_nothing()
    {
        var sara = app.Api(Sara);
        // As a frozen process finds it: its own row is somebody else's by the time it commits.
        await app.Db(db =>
            db.Database.ExecuteSqlRawAsync(
                db.IsSqlite
                    ? """
                    CREATE TRIGGER taken AFTER INSERT ON "Transactions" WHEN NEW."Title" = 'Woke late' BEGIN
                    UPDATE "IdempotencyKeys" SET "CreatedAt" = '2026-11-22 09:29:00' WHERE "Key" = 'late'; END
                    """
                    : """
                    CREATE FUNCTION taken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                    UPDATE "IdempotencyKeys" SET "CreatedAt" = '2026-11-22 09:29:00' WHERE "Key" = 'late';
                    RETURN NEW; END $$;
                    CREATE TRIGGER taken AFTER INSERT ON "Transactions"
                    FOR EACH ROW WHEN (NEW."Title" = 'Woke late') EXECUTE FUNCTION taken()
                    """
            )
        );

        Assert.Equal(
            "idempotency-running",
            (await sara.Post("/transactions", Body("Woke late"), ("Idempotency-Key", "late"))).Expect(409).Problem
        );

        Assert.Equal(0, await Count("Woke late"));
    }

    [Fact]
    public async Task What_the_caller_may_no_longer_see_is_not_answered_again()
    {
        var sara = app.Api(Sara);
        var first = (await sara.Post("/transactions", Body("Gone"), ("Idempotency-Key", "gone"))).Expect(201);
        await app.Db(db =>
            db.Transactions.Where(t => t.Number == first["number"])
                .ExecuteUpdateAsync(s => s.SetProperty(t => t.DeletedAt, app.Now))
        );

        Assert.Equal(
            "not-found",
            (await sara.Post("/transactions", Body("Gone"), ("Idempotency-Key", "gone"))).Expect(404).Problem
        );
    }

    private Task<int> Count(string title) => app.Db(db => db.Transactions.CountAsync(t => t.Title == title));
}

/// <summary>With a clock of its own, which it sets a day ahead.</summary>
public sealed class IdempotencyKeptForADayTests(App app) : IClassFixture<App>
{
    [Fact]
    public async Task After_a_day_the_key_is_free_again()
    {
        var body = new
        {
            title = "Daily",
            client = "1",
            type = "payment",
        };
        var first = await app.Api(Sara).Post("/transactions", body, ("Idempotency-Key", "daily"));

        app.Clock.Advance(TimeSpan.FromHours(23.9));
        Assert.Equal(
            first["number"],
            (await app.Api(Sara).Post("/transactions", body, ("Idempotency-Key", "daily"))).Expect(201)["number"]
        );
        app.Clock.Advance(TimeSpan.FromHours(0.2));

        Assert.NotEqual(
            first["number"],
            (await app.Api(Sara).Post("/transactions", body, ("Idempotency-Key", "daily"))).Expect(201)["number"]
        );
    }
}
