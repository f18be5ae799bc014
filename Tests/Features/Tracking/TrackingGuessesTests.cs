using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace MdcTts.Features.Tracking;

public sealed class TrackingGuessesTests(TrackingGuessesTests.GuardedApp app)
    : IClassFixture<TrackingGuessesTests.GuardedApp>
{
    /// <summary>Behind a proxy and with its limits on.</summary>
    public sealed class GuardedApp : App
    {
        protected override IEnumerable<(string, string)> Settings =>
            [("RateLimits:Enabled", "true"), ("TRUSTED_PROXIES", "127.0.0.1")];
    }

    [Fact]
    public async Task An_hour_of_guessing_from_everywhere_finds_nothing_and_the_link_still_does()
    {
        var t = await app.Given.Transaction(status: "submitted", reference: "RRM-0700/18");
        await using var replica = await app.Replica(new GuardedApp());

        var found = 0;
        var bodies = new HashSet<string>();
        for (var i = 0; i < 1_500; i++)
        {
            // Each from a network of its own, so that no limit of a visitor stops it, and through both replicas.
            var answer = await Ask(
                i % 2 == 1 && replica is not null ? replica : app,
                $"?number={t.Number}&reference=RRM-{i:0000}/18",
                $"2001:db8:{i:x}:1::1"
            );
            found += answer.Status == 200 ? 1 : 0;
            bodies.Add(answer.Text);
            app.Clock.Advance(TimeSpan.FromMilliseconds(2_400));
        }

        Assert.Equal(0, found);
        Assert.Single(bodies);
        (await Ask(app, $"/{t.TrackingToken}", "203.0.113.7")).Expect(200);
        app.Clock.Advance(TimeSpan.FromDays(1));
        (await Ask(app, $"?number={t.Number}&reference=RRM-0700/18", "203.0.113.7")).Expect(200);
    }

    [Fact]
    public async Task A_burst_is_compared_no_more_often_than_one_after_the_other()
    {
        var t = await app.Given.Transaction(status: "submitted", reference: "KHF-99/18");
        var right = Enumerable.Range(0, 120).Select(i => i >= 60 ? "KHF-99/18" : $"KHF-{i}/18");

        // First the wrong ones: the right one comes when the number is closed.
        var answers = new List<int>();
        foreach (var half in right.Chunk(60))
            answers.AddRange(
                (
                    await Task.WhenAll(
                        half.Select(
                            (r, i) => Ask(app, $"?number={t.Number}&reference={r}", $"2001:db8:f{i:x}:{i:x}::1")
                        )
                    )
                ).Select(a => a.Status)
            );

        Assert.All(answers, status => Assert.Equal(404, status));
    }

    [Fact]
    public async Task One_network_tries_few_pairs_a_day_whatever_the_numbers()
    {
        var t = await app.Given.Transaction(status: "submitted", reference: "ONE-1/18");
        for (var i = 0; i < TrackingGuesses.VisitorDayMax; i++)
            await Guess($"TRX-2026-{70_000 + i}", "198.51.100.9");

        await app.With<TrackTransaction>(async track =>
            Assert.NotNull((await Try(track, t.Number, "ONE-1/18", "198.51.100.9")).Problem)
        );
        await app.With<TrackTransaction>(async track =>
            Assert.Null((await Try(track, t.Number, "ONE-1/18", "198.51.100.10")).Problem)
        );
    }

    [Fact]
    public async Task Who_knows_both_numbers_may_ask_as_often_as_they_like()
    {
        var t = await app.Given.Transaction(status: "submitted", reference: "OFTEN-1/18");
        for (var i = 0; i < TrackingGuesses.VisitorDayMax + 5; i++)
            await app.With<TrackTransaction>(async track =>
                Assert.Null((await Try(track, t.Number, "OFTEN-1/18", "198.51.100.77")).Problem)
            );
    }

    [Fact]
    public async Task Made_up_numbers_fill_no_table()
    {
        var before = await app.Db(db => db.SignInFailures.CountAsync());
        for (var i = 0; i < 300; i++)
            await Guess($"TRX-2026-{80_000 + i}", "198.51.100.78");

        Assert.InRange(await app.Db(db => db.SignInFailures.CountAsync()) - before, 1, 2 * 64 + 1);
    }

    // Found in a day with a probability of less than one in fifty, by calculation: four digits, limits of a day.
    [Fact]
    public void A_day_of_guessing_finds_a_reference_of_four_digits_hardly_ever()
    {
        Assert.True(TrackingGuesses.NumberDayMax / 10_000.0 < 0.01);
        Assert.True(TrackingGuesses.VisitorDayMax / 10_000.0 < 0.02);
        Assert.True(TrackingGuesses.WideDayMax / 10_000.0 < 0.05);
    }

    private Task Guess(string number, string from) =>
        app.With<TrackTransaction>(async track => Assert.NotNull((await Try(track, number, "X-0/18", from)).Problem));

    private static Task<Infrastructure.Results.Result<TrackTransaction.View>> Try(
        TrackTransaction track,
        string number,
        string reference,
        string from
    ) => track.Handle(number, reference, System.Net.IPAddress.Parse(from), CancellationToken.None);

    private static async Task<ApiAnswer> Ask(App on, string query, string from)
    {
        using var api = on.AnonymousApi;
        api.Headers.Add("X-Forwarded-For", from);
        return await api.Get("/tracking" + query);
    }
}
