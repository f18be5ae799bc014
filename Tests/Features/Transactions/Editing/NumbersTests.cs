using MdcTts.Infrastructure.Database;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.Editing;

public sealed class NumbersTests(App app) : IClassFixture<App>
{
    private static readonly object Body = new
    {
        title = "Numbered",
        client = "1",
        type = "payment",
    };

    [Fact]
    [Trait("runs", "proof")]
    public async Task Many_writers_at_once_get_distinct_numbers_and_none_fails()
    {
        var people = new[] { Nasser, Sara, Omar, Lina };
        var writers = Enumerable.Range(0, 32).Select(i => app.Api(people[i % people.Length])).ToList();

        var answers = await Task.WhenAll(
            writers.Select(async api =>
            {
                var made = new List<string>();
                for (var i = 0; i < 8; i++)
                    made.Add((await api.Post("/transactions", Body)).Expect(201)["number"]!);
                return made;
            })
        );

        var numbers = answers.SelectMany(a => a).ToList();
        Assert.Equal(256, numbers.Distinct().Count());
        var counted = numbers.Select(n => int.Parse(n[^5..])).Order().ToList();
        Assert.Equal(counted[0] + 255, counted[^1]);
        Assert.Empty(app.Errors);
    }

    [Fact]
    public async Task A_refused_one_takes_no_number()
    {
        var sara = app.Api(Sara);
        var first = (await sara.Post("/transactions", Body)).Expect(201)["number"]!;

        (
            await sara.Post(
                "/transactions",
                new
                {
                    title = "",
                    client = "1",
                    type = "payment",
                }
            )
        ).Expect(422);

        Assert.Equal(
            int.Parse(first[^5..]) + 1,
            int.Parse((await sara.Post("/transactions", Body)).Expect(201)["number"]![^5..])
        );
    }

    [Fact]
    public async Task A_deleted_ones_number_is_not_given_again()
    {
        var nasser = app.Api(Nasser);
        var first = (await nasser.Post("/transactions", Body)).Expect(201)["number"]!;
        (await nasser.Delete($"/transactions/{first}", new { reason = "x" })).Expect(204);

        Assert.NotEqual(first, (await nasser.Post("/transactions", Body)).Expect(201)["number"]);
    }

    [Fact]
    public async Task After_99999_there_are_six_digits()
    {
        await app.Db(async db =>
        {
            db.Add(
                new NumberCounter
                {
                    Series = "TRX",
                    Year = 2031,
                    Last = 99_998,
                }
            );
            return await db.SaveChangesAsync();
        });

        Assert.Equal(["TRX-2031-99999", "TRX-2031-100000"], [await Next(), await Next()]);

        Task<string> Next() =>
            app.Db(async db =>
            {
                await using var write = await db.BeginWrite(CancellationToken.None);
                var number = TransactionNumber.Of(
                    2031,
                    await NumberCounter.Take(db, "TRX", 2031, 1, CancellationToken.None)
                );
                await write.Commit(CancellationToken.None);
                return number;
            });
    }
}

/// <summary>With a clock of its own, which it sets to New Year's Eve.</summary>
public sealed class NewYearTests(App app) : IClassFixture<App>
{
    [Fact]
    public async Task The_year_is_the_one_in_Riyadh()
    {
        app.Clock.SetUtcNow(new(2026, 12, 31, 20, 59, 59, TimeSpan.Zero));
        var (sara, body) = (
            app.Api(Sara),
            new
            {
                title = "New Year",
                client = "1",
                type = "payment",
            }
        );
        Assert.StartsWith("TRX-2026-", (await sara.Post("/transactions", body)).Expect(201)["number"]);

        app.Clock.SetUtcNow(new(2026, 12, 31, 21, 30, 0, TimeSpan.Zero));
        var first = await sara.Post("/transactions", body);

        Assert.Equal("TRX-2027-00001", first.Expect(201)["number"]);
        Assert.Equal("2026-12-31T21:30:00Z", first["createdAt"]);
        Assert.Equal("2027-01-01", first.Json.GetProperty("holder").GetProperty("since").GetString());
        Assert.Equal(
            "TRX-2027-00002",
            (await sara.Post("/transactions/TRX-2027-00001/duplicate")).Expect(201)["number"]
        );
    }
}
