using System.Diagnostics;
using System.Text.RegularExpressions;
using MdcTts.Infrastructure.Configuration;

namespace MdcTts.Infrastructure.Logging;

/// <summary>
/// One id for what a request does: in the proxy's log, ours, the audit log, the mails that it causes and on its error
/// page. A proxy we trust names it by <c>X-Request-Id</c>; else it is the trace's.
/// The answer carries it.
/// </summary>
public static partial class RequestIds
{
    public const string Header = "X-Request-Id";

    private const string Tag = "mdc.request_id";

    /// <summary>The id of what runs now: of the request, or of the work in the background.</summary>
    public static string? Current =>
        Activity.Current is not { } trace ? null : trace.GetTagItem(Tag) as string ?? trace.TraceId.ToHexString();

    /// <summary>Work that goes on for a request that is over, such as sending its mail.</summary>
    public static void GoOn(this Activity trace, string? requestId)
    {
        if (requestId is not null)
            trace.SetTag(Tag, requestId);
    }

    /// <summary>Before the proxies' other headers are read: it is the neighbour who must be trusted.</summary>
    public static void UseRequestIds(this WebApplication app)
    {
        var proxies = app.Services.GetRequiredService<AppSettings>().TrustedProxies;
        app.Use(
            (http, next) =>
            {
                var isTrusted =
                    http.Connection.RemoteIpAddress is { } neighbour
                    && proxies.Any(p => p.Contains(neighbour.IsIPv4MappedToIPv6 ? neighbour.MapToIPv4() : neighbour));
                var (given, trace) = (http.Request.Headers[Header], Activity.Current);
                // Anybody may send a traceparent: what a stranger chose must not look like somebody else's request.
                http.TraceIdentifier =
                    isTrusted && given.Count == 1 && Valid().IsMatch(given[0]!) ? given[0]!
                    : trace is null || (!isTrusted && http.Request.Headers.ContainsKey("traceparent"))
                        ? ActivityTraceId.CreateRandom().ToHexString()
                    : trace.TraceId.ToHexString();
                trace?.GoOn(http.TraceIdentifier);
                http.Response.OnStarting(
                    static state =>
                    {
                        var context = (HttpContext)state;
                        context.Response.Headers[Header] = context.TraceIdentifier;
                        return Task.CompletedTask;
                    },
                    http
                );
                return next(http);
            }
        );
    }

    [GeneratedRegex("^[A-Za-z0-9._-]{8,64}$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Valid();
}
