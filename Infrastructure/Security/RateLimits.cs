using MdcTts.Infrastructure.Metrics;
using System.Globalization;
using System.Threading.RateLimiting;
using MdcTts.Infrastructure.Web;

namespace MdcTts.Infrastructure.Security;

/// <summary>
/// Requests a minute, each settable as <c>RateLimits:NAME</c>; <c>RateLimits:Enabled=false</c> turns them all off.
/// Signed-in requests are counted per person, others per address.
/// </summary>
/// <remarks>
/// On the framework's limiters, but not its middleware: that one does not tell what remains, and every answer of the API carries
/// <c>RateLimit-Limit</c>, <c>RateLimit-Remaining</c> and <c>RateLimit-Reset</c>.
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
        [SignIn] = 10, [Tracking] = 20, [Bulk] = 60, [Anonymous] = 300, [Authenticated] = 1200,
    };

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, (int Limit, PartitionedRateLimiter<string> Limiter)> _limiters;
    private readonly bool _enabled;

    public RateLimits(IConfiguration configuration)
    {
        var section = configuration.GetSection("RateLimits");
        _enabled = section.GetValue("Enabled", true);
        _limiters = Defaults.ToDictionary(d => d.Key, d =>
        {
            var limit = Math.Max(1, section.GetValue(d.Key, d.Value));
            return (limit, PartitionedRateLimiter.Create<string, string>(who => RateLimitPartition.GetSlidingWindowLimiter(
                who, _ => new() { PermitLimit = limit, Window = Window, SegmentsPerWindow = 6, QueueLimit = 0 })));
        }, StringComparer.Ordinal);
    }

    /// <summary>After authentication and routing: counts the request, or answers 429.</summary>
    public async Task Count(HttpContext http, RequestDelegate next)
    {
        if (!_enabled || http.GetEndpoint() is not { } endpoint)
        {
            await next(http);
            return;
        }

        var user = http.Features.Get<CurrentUser>();
        var who = user is null ? "a" + http.Connection.RemoteIpAddress : "u" + user.Id.ToString(CultureInfo.InvariantCulture);
        var name = endpoint.Metadata.GetMetadata<RateLimitedMetadata>()?.Name ?? (user is null ? Anonymous : Authenticated);
        var (limit, limiter) = _limiters[name];
        using var lease = limiter.AttemptAcquire(who);
        var headers = http.Response.Headers;
        var reset = ((int)Window.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        headers["RateLimit-Limit"] = limit.ToString(CultureInfo.InvariantCulture);
        headers["RateLimit-Remaining"] = (limiter.GetStatistics(who)?.CurrentAvailablePermits ?? 0).ToString(CultureInfo.InvariantCulture);
        headers["RateLimit-Reset"] = reset;
        if (lease.IsAcquired)
        {
            await next(http);
            return;
        }

        headers.RetryAfter = lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? Math.Max(1, (int)Math.Ceiling(after.TotalSeconds)).ToString(CultureInfo.InvariantCulture) : reset;
        Counters.RateLimited(name);
        await UnexpectedErrors.Write(http, StatusCodes.Status429TooManyRequests);
    }

    public void Dispose()
    {
        foreach (var (_, limiter) in _limiters.Values) limiter.Dispose();
    }
}

/// <summary>Says which limit counts an endpoint.</summary>
public sealed record RateLimitedMetadata(string Name);

/// <summary>Chooses a stricter limit for an endpoint.</summary>
public static class RateLimitedEndpoints
{
    /// <summary>After authentication and routing, before authorization.</summary>
    public static void UseRateLimits(this WebApplication app) => app.Use(app.Services.GetRequiredService<RateLimits>().Count);

    /// <summary>Counted under this name instead of the general one.</summary>
    public static TBuilder Limited<TBuilder>(this TBuilder builder, string name) where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new RateLimitedMetadata(name));
}
