using System.Globalization;
using System.Threading.RateLimiting;
using MdcTts.Infrastructure.Metrics;
using MdcTts.Infrastructure.Redis;
using MdcTts.Infrastructure.Security;

namespace MdcTts.Infrastructure.Web;

/// <summary>
/// Requests a minute, each settable as <c>RateLimits:NAME</c>; <c>RateLimits:Enabled=false</c> turns them all off.
/// Signed-in requests are counted per person, others per address: an IPv6 host has a whole /64, so that counts as one,
/// and its /48 more loosely.
/// </summary>
/// <remarks>
/// On the framework's limiters, but not its middleware: that one does not tell what remains, and every answer of the
/// API carries
/// <c>RateLimit-Limit</c>, <c>RateLimit-Remaining</c> and <c>RateLimit-Reset</c>. With Redis all processes count
/// together, in the same sliding window; while it is away each counts for itself, so there is always a limit.
/// </remarks>
public sealed class RateLimits : IDisposable
{
    public const string SignIn = "SignIn";
    public const string Tracking = "Tracking";
    public const string Bulk = "Bulk";
    private const string Anonymous = "Anonymous";
    private const string Authenticated = "Authenticated";

    private static readonly Dictionary<string, int> Defaults = new(StringComparer.Ordinal)
    {
        [SignIn] = 10,
        [Tracking] = 20,
        [Bulk] = 60,
        [Anonymous] = 300,
        [Authenticated] = 1200,
    };

    private const int Segments = 6;

    /// <summary>How many times as much a /48 of IPv6 may ask for as one /64 in it.</summary>
    private const int WideFactor = 16;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    // One hash a visitor: how many in which tenth second. By the clock of Redis, the only one that all processes share.
    private const string SharedCount = """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local limit, window, segments = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
        local length = window / segments
        local current = math.floor(now / length)
        local used, oldest, held = 0, current, redis.call('HGETALL', KEYS[1])
        for i = 1, #held, 2 do
          local segment = tonumber(held[i])
          if segment <= current - segments then redis.call('HDEL', KEYS[1], held[i])
          else used = used + tonumber(held[i + 1]); oldest = math.min(oldest, segment) end
        end
        if used >= limit then return {0, 0, (oldest + segments) * length - now} end
        redis.call('HINCRBY', KEYS[1], current, 1)
        redis.call('PEXPIRE', KEYS[1], window + length)
        return {1, limit - used - 1, 0}
        """;

    private readonly Dictionary<string, Limit> _limits;
    private readonly Dictionary<string, Limit> _wide;
    private readonly RedisLink _redis;
    private readonly FindKnownBrowser _find;
    private readonly bool _enabled;

    public RateLimits(IConfiguration configuration, RedisLink redis, FindKnownBrowser find)
    {
        _redis = redis;
        _find = find;
        var section = configuration.GetSection("RateLimits");
        _enabled = section.GetValue("Enabled", true);
        _limits = Defaults.ToDictionary(
            d => d.Key,
            d => new Limit(Math.Max(1, section.GetValue(d.Key, d.Value))),
            StringComparer.Ordinal
        );
        _wide = _limits.ToDictionary(l => l.Key, l => new Limit(l.Value.Max * WideFactor), StringComparer.Ordinal);
    }

    /// <summary>After authentication and routing: counts the request, or answers 429.</summary>
    public async Task Count(HttpContext http, RequestDelegate next)
    {
        if (!_enabled || http.GetEndpoint() is not { } endpoint)
        {
            await next(http);
            return;
        }

        var user = http.Person();
        var name =
            endpoint.Metadata.GetMetadata<RateLimitedMetadata>()?.Name ?? (user is null ? Anonymous : Authenticated);
        var limit = _limits[name];
        var taken = user is null
            ? await TakeForVisitor(http, name)
            : await Take(name, limit, "u" + user.Id.ToString(CultureInfo.InvariantCulture));
        var headers = http.Response.Headers;
        var reset = ((int)Window.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        headers["RateLimit-Limit"] = limit.Max.ToString(CultureInfo.InvariantCulture);
        headers["RateLimit-Remaining"] = taken.Remaining.ToString(CultureInfo.InvariantCulture);
        headers["RateLimit-Reset"] = reset;
        if (taken.IsAllowed)
        {
            await next(http);
            return;
        }

        headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(taken.After.TotalSeconds))
            .ToString(CultureInfo.InvariantCulture);
        Counters.RateLimited(name);
        await UnexpectedErrors.Write(http, StatusCodes.Status429TooManyRequests);
    }

    // A browser in which somebody has signed in before is counted by itself when its network has used up its share:
    // a stranger in the same office must not keep the others from signing in.
    private async ValueTask<Taken> TakeForVisitor(HttpContext http, string name)
    {
        var address = http.Connection.RemoteIpAddress;
        var taken = await Take(name, _limits[name], "a" + Networks.VisitorOf(address));
        if (taken.IsAllowed && Networks.WideOf(address) is { } wide)
        {
            var inAll = await Take(name, _wide[name], "w" + wide);
            taken = inAll.IsAllowed ? taken with { Remaining = Math.Min(taken.Remaining, inAll.Remaining) } : inAll;
        }

        return !taken.IsAllowed && await _find(http) is { } browser
            ? await Take(name, _limits[name], "b" + browser)
            : taken;
    }

    private async ValueTask<Taken> Take(string name, Limit limit, string who) =>
        await Shared(name, who, limit.Max) ?? Own(limit.Limiter, who);

    private static Taken Own(PartitionedRateLimiter<string> limiter, string who)
    {
        using var lease = limiter.AttemptAcquire(who);
        return new(
            lease.IsAcquired,
            limiter.GetStatistics(who)?.CurrentAvailablePermits ?? 0,
            lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : Window
        );
    }

    private async ValueTask<Taken?> Shared(string name, string who, int limit) =>
        await _redis.Ask(
            SharedCount,
            [RedisLink.Key($"limit:{name}:{who}")],
            [limit, (long)Window.TotalMilliseconds, Segments]
        )
            is { } answer
            ? new((int)answer[0] == 1, (long)answer[1], TimeSpan.FromMilliseconds((double)answer[2]))
            : null;

    public void Dispose()
    {
        foreach (var limit in _limits.Values.Concat(_wide.Values))
            limit.Limiter.Dispose();
    }

    private sealed class Limit(int max)
    {
        public int Max => max;

        public PartitionedRateLimiter<string> Limiter { get; } =
            PartitionedRateLimiter.Create<string, string>(who =>
                RateLimitPartition.GetSlidingWindowLimiter(
                    who,
                    _ =>
                        new()
                        {
                            PermitLimit = max,
                            Window = Window,
                            SegmentsPerWindow = Segments,
                            QueueLimit = 0,
                        }
                )
            );
    }

    private sealed record Taken(bool IsAllowed, long Remaining, TimeSpan After);
}

/// <summary>
/// The browser of a visitor's request, when somebody has signed in with it before; else null. Accounts registers it.
/// </summary>
public delegate ValueTask<string?> FindKnownBrowser(HttpContext http);

/// <summary>Says which limit counts an endpoint.</summary>
public sealed record RateLimitedMetadata(string Name);

/// <summary>Chooses a stricter limit for an endpoint.</summary>
public static class RateLimitedEndpoints
{
    /// <summary>After authentication and routing, before authorization.</summary>
    public static void UseRateLimits(this WebApplication app) =>
        app.Use(app.Services.GetRequiredService<RateLimits>().Count);

    /// <summary>Counted under this name instead of the general one.</summary>
    public static TBuilder Limited<TBuilder>(this TBuilder builder, string name)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new RateLimitedMetadata(name));
}
