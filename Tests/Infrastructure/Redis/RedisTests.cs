using System.Diagnostics;
using MdcTts.Features.Transactions.Live;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Infrastructure.Redis;

/// <summary>A real redis-server and two processes that share it.</summary>
public sealed class TwoWithRedis : IAsyncLifetime
{
    internal const int Limit = 6;

    public TwoWithRedis() => (One, Two) = (new(Redis), new(Redis));

    internal RedisServer Redis { get; } = new();

    internal LimitedApp One { get; }

    internal LimitedApp Two { get; }

    public async Task InitializeAsync()
    {
        Redis.Start();
        await One.InitializeAsync();
        // On PostgreSQL on the same database too; the counts need none.
        if (await One.Replica(Two) is null)
            await Two.InitializeAsync();
    }

    public async Task DisposeAsync()
    {
        await ((IAsyncLifetime)Two).DisposeAsync();
        await ((IAsyncLifetime)One).DisposeAsync();
        Redis.Dispose();
    }

    internal sealed class LimitedApp(RedisServer redis) : App
    {
        protected override IEnumerable<(string Name, string Value)> Settings =>
            [("REDIS_URL", redis.Url), ("RateLimits:Enabled", "true"), ("RateLimits:Authenticated", $"{Limit}")];

        public RedisLink Link => Services.GetRequiredService<RedisLink>();

        public async Task<List<string?>> Ask(Person person, int times)
        {
            using var api = Api(person);
            var left = new List<string?>();
            for (var i = 0; i < times; i++)
                left.Add((await api.Get("/transactions")).Expect(200).Header("RateLimit-Remaining"));
            return left;
        }

        public async Task Until(bool isUp)
        {
            await Wait.Until(() => (Link.Fault is null) == isUp);
        }
    }
}

/// <summary>Everything works without Redis, in every way in which it can be away.</summary>
public sealed class RedisTests(TwoWithRedis two) : IClassFixture<TwoWithRedis>, IAsyncLifetime
{
    private const int Limit = TwoWithRedis.Limit;

    private readonly RedisServer _redis = two.Redis;
    private readonly TwoWithRedis.LimitedApp _one = two.One,
        _two = two.Two;

    public async Task InitializeAsync()
    {
        await _one.Until(isUp: true);
        await _two.Until(isUp: true);
        _redis.Tell("FLUSHALL");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Two_processes_count_a_person_together()
    {
        Assert.Equal(["5", "4", "3"], await _one.Ask(Sara, 3));
        Assert.Equal(["2", "1", "0"], await _two.Ask(Sara, 3));
        var refused = (await _one.Api(Sara).Get("/transactions")).Expect(429);
        Assert.InRange(int.Parse(refused.Header("Retry-After")!), 1, 70);
        Assert.Equal("0", refused.Header("RateLimit-Remaining"));
        // Counts and script forgotten: it begins anew.
        _redis.Tell("FLUSHALL");
        _redis.Tell("SCRIPT", "FLUSH");
        Assert.Equal(["5"], await _two.Ask(Sara, 1));
    }

    [PostgresFact]
    public async Task Two_processes_tell_each_other_of_changes()
    {
        // Its clock stands still, so it does not look by itself.
        await using var listener = await Listener.Open(_two, Nasser);
        (
            await _one.Api(Sara)
                .Post(
                    "/transactions",
                    new
                    {
                        title = "Told",
                        client = $"{Municipality.Id}",
                        type = "submission",
                    }
                )
        ).Expect(201);
        Assert.Equal("new", (await listener.Next()).Type);
    }

    [Theory]
    [InlineData("killed")]
    [InlineData("frozen")]
    [InlineData("full")]
    [InlineData("locked")]
    public async Task Without_it_everything_works_counted_by_each_process_and_it_comes_back_by_itself(string how)
    {
        var person = await _one.Given.User();
        switch (how)
        {
            case "killed":
                _redis.Kill();
                break;
            case "frozen":
                _redis.Freeze();
                break;
            case "full":
                _redis.Tell("CONFIG", "SET", "maxmemory", "1");
                break;
            default:
                Lock();
                break;
        }

        // The first ones may wait for it, a little.
        var first = Stopwatch.StartNew();
        await _one.Ask(person, 2);
        Assert.True(first.Elapsed < TimeSpan.FromSeconds(2), first.Elapsed.ToString());
        await _one.Until(isUp: false);
        var rest = Stopwatch.StartNew();
        for (var i = 0; i < 1_000; i++)
            Assert.Null(await _one.Link.Ask("return 1", [], []));
        Assert.True(rest.Elapsed < TimeSpan.FromSeconds(1), rest.Elapsed.ToString());
        await _one.Ask(person, Limit - 2);
        (await _one.Api(person).Get("/transactions")).Expect(429);
        // The answer is kept for a moment, by the clock that stands still.
        _one.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Contains("\"redis\":false", (await _one.Anonymous.Page("/health")).Expect(503).Text);
        (await _one.Anonymous.Page("/health/ready")).Expect(200);

        switch (how)
        {
            case "killed":
                _redis.Start();
                break;
            case "frozen":
                _redis.Thaw();
                break;
            case "full":
                _redis.Tell("CONFIG", "SET", "maxmemory", "0");
                break;
            default:
                _redis.Tell("-a", "other", "CONFIG", "SET", "requirepass", "");
                break;
        }

        await _one.Until(isUp: true);
        await _two.Until(isUp: true);
        Assert.Equal("5", (await _one.Ask(Nasser, 1))[0]);
        Assert.Equal("4", (await _two.Ask(Nasser, 1))[0]);
        _one.Clock.Advance(TimeSpan.FromMinutes(1));
        // In tests nothing is followed by itself.
        await _one.Follow();
        (await _one.Anonymous.Page("/health")).Expect(200);
        Check.None(_one.Errors);
    }

    [Fact]
    public async Task An_app_starts_without_it_and_finds_it_later()
    {
        using var later = new RedisServer();
        var app = new TwoWithRedis.LimitedApp(later);
        await app.InitializeAsync();
        Assert.Equal(["5", "4"], await app.Ask(Sara, 2));
        Assert.Contains("\"redis\":false", (await app.Anonymous.Page("/health")).Text);

        later.Start();

        await app.Until(isUp: true);
        await ((IAsyncLifetime)app).DisposeAsync();
    }

    // Who is connected already has passed: they have to come again.
    private void Lock()
    {
        _redis.Tell("CONFIG", "SET", "requirepass", "other");
        _redis.Tell("-a", "other", "CLIENT", "KILL", "TYPE", "normal");
        _redis.Tell("-a", "other", "CLIENT", "KILL", "TYPE", "pubsub");
    }
}

[Trait("runs", "once")]
public sealed class RedisUrlTests
{
    [Fact]
    public void An_address_is_read_whole()
    {
        Assert.Equal(
            new("cache", 6380, true, "app", "p@ss:word", 2),
            RedisUrl.Parse("rediss://app:p%40ss%3Aword@cache:6380/2")
        );
        Assert.Equal(new("10.0.0.1", 6379, false, null, "secret", 0), RedisUrl.Parse("redis://:secret@10.0.0.1"));
    }

    [Theory]
    [InlineData("localhost:6379")]
    [InlineData("http://localhost")]
    [InlineData("redis://")]
    [InlineData("redis://localhost/cache")]
    public void What_is_none_stops_the_start(string text) =>
        Assert.StartsWith("REDIS_URL", Assert.Throws<SettingsException>(() => RedisUrl.Parse(text)).Message);
}
