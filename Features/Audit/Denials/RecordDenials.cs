using System.Collections.Concurrent;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.ReadOnly;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Web;

namespace MdcTts.Features.Audit.Denials;

/// <summary>
/// Records what was refused: 403, an invalid token, a form of somebody else, an id that is not theirs, too many
/// requests. The same person or network and the same route are recorded at most once a minute, so that a flood does not
/// fill the log. The entry has a database transaction of its own and is written after the answer, so a failure to write
/// it does not change the answer.
/// </summary>
public sealed partial class RecordDenials(IServiceScopeFactory scopes, TimeProvider clock, ILogger<RecordDenials> log)
{
    private const int RouteMaxLength = 60;

    /// <summary>How many are remembered at once. What comes from still more networks is not recorded.</summary>
    private const int RememberedMax = 5_000;

    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan WriteLimit = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<(string Kind, string Who, string Route), DateTime> _last = new();

    public async Task Invoke(HttpContext http, RequestDelegate next)
    {
        await next(http);
        if (KindOf(http) is not { } kind || http.ReadOnly() == ReadOnlyMode.Everything)
            return;

        // The pattern and not the path, which may contain a secret.
        var route = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "";
        if (IsNew((kind, WhoOf(http), route), clock.Instant()))
            await Write(http, kind, route);
    }

    private static string? KindOf(HttpContext http) =>
        http.Response.StatusCode switch
        {
            StatusCodes.Status403Forbidden => "access.denied",
            StatusCodes.Status429TooManyRequests => "access.rate_limited",
            StatusCodes.Status401Unauthorized
                when http.IsApi() && http.Request.Headers.Authorization.Count > 0 && http.Person() is null =>
                "access.token_refused",
            // Perhaps only old or mistyped; many of them are somebody who tries ids.
            StatusCodes.Status404NotFound
                when http.Person() is not null
                    && http.GetEndpoint() is RouteEndpoint { RoutePattern.Parameters.Count: > 0 } => "access.not_found",
            StatusCodes.Status400BadRequest when http.Features.Get<RefusedForgery>() is not null =>
                "access.forgery_refused",
            _ => null,
        };

    // A whole IPv6 network counts as one visitor: anyone in it can take any number of addresses.
    private static string WhoOf(HttpContext http)
    {
        if (http.Person() is { } user)
            return "u" + user.Id.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return Networks.VisitorOf(http.Connection.RemoteIpAddress);
    }

    private bool IsNew((string, string, string) key, DateTime now)
    {
        if (_last.TryGetValue(key, out var last) && now - last < Pause)
            return false;
        if (_last.Count >= RememberedMax)
            foreach (var (old, at) in _last)
                if (now - at >= Pause)
                    _last.TryRemove(old, out _);
        if (_last.Count >= RememberedMax)
            return false;

        // Of two at the same moment, one is recorded.
        return last == default ? _last.TryAdd(key, now) : _last.TryUpdate(key, now, last);
    }

    private async Task Write(HttpContext http, string kind, string route)
    {
        try
        {
            using var limit = new CancellationTokenSource(WriteLimit);
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<AppDb>();
            var (key, data) = (
                route.Length > RouteMaxLength ? route[..RouteMaxLength] : route,
                new { method = http.Request.Method, status = http.Response.StatusCode }
            );
            db.Audit.Add(
                http.Person() is { } user
                    ? AuditLog.By(user, kind, "route", key, clock.Instant(), data)
                    : AuditLog.Entry(kind, "route", key, actorId: null, clock.Instant(), http.Origin(), data)
            );
            await db.SaveChangesAsync(limit.Token);
        }
        catch (Exception failed)
        {
            Log.NotWritten(log, failed, kind, route);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Kind} on {Route} could not be written into the audit log")]
        public static partial void NotWritten(ILogger logger, Exception exception, string kind, string route);
    }
}
