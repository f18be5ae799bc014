using MdcTts.Support;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MdcTts.Infrastructure.Events;

/// <summary>The follower itself, with a follower of test events that remembers what it was given.</summary>
public sealed class FollowEventsTests(FollowEventsTests.Host app) : IClassFixture<FollowEventsTests.Host>
{
    public sealed class Host : App
    {
        public List<string> Followed { get; } = [];

        /// <summary>Following an event with this key fails.</summary>
        public string? Bad { get; set; }

        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            base.ConfigureWebHost(builder);
            builder.ConfigureTestServices(services =>
                services.AddSingleton(new EventFollowing("test.", (events, _, _) => Follow(events)))
            );
        }

        private Task Follow(IReadOnlyList<EventRow> events)
        {
            if (events.Any(e => e.Key == Bad))
                throw new InvalidOperationException("This event is bad.");
            lock (Followed)
                Followed.AddRange(events.Select(e => e.Key));
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task Each_event_is_followed_once_in_its_order_however_many_follow()
    {
        var keys = Enumerable.Range(0, 3 * FollowEvents.BatchMax / 2).Select(i => $"once-{i:000}").ToArray();
        await Happen(keys);

        await Task.WhenAll(app.Follow(), app.Follow(), app.Follow());
        await app.Follow();

        Assert.Equal(keys, app.Followed.Where(k => k.StartsWith("once-", StringComparison.Ordinal)));
        Assert.Equal(0, await Waiting("once-"));
    }

    [Fact]
    public async Task A_bad_event_holds_up_no_other_and_is_left_alone_in_the_end()
    {
        app.Bad = "bad";
        await Happen("before", "bad", "behind");

        for (var i = 0; i < FollowEvents.FailuresMax + 2; i++)
            await app.Follow();

        Assert.Equal(["before", "behind"], app.Followed.Where(k => k is "before" or "behind" or "bad"));
        var bad = await app.Db(db => db.Set<EventRow>().SingleAsync(e => e.Key == "bad"));
        Assert.Null(bad.FollowedAt);
        Assert.Equal(FollowEvents.FailuresMax, bad.Failures);

        await app.Db(db => db.Set<EventRow>().Where(e => e.Key == "bad").ExecuteDeleteAsync());
    }

    [Fact]
    public async Task Events_that_nobody_follows_are_done_with_at_once()
    {
        await app.Db(db =>
        {
            db.Add(
                new EventRow
                {
                    At = app.Now,
                    Kind = "nobody.asked",
                    Key = "unasked",
                }
            );
            return db.SaveChangesAsync();
        });

        await app.Follow();

        Assert.Equal(0, await Waiting("unasked"));
    }

    private Task<int> Waiting(string prefix) =>
        app.Db(db => db.Set<EventRow>().CountAsync(e => e.Key.StartsWith(prefix) && e.FollowedAt == null));

    private Task<int> Happen(params string[] keys) =>
        app.Db(async db =>
        {
            foreach (var key in keys)
            {
                db.Add(
                    new EventRow
                    {
                        At = app.Now,
                        Kind = "test.happened",
                        Key = key,
                    }
                );
                await db.SaveChangesAsync();
            }

            return keys.Length;
        });
}
