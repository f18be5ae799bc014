using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Web;

namespace MdcTts.Infrastructure.ReadOnly;

/// <summary>Whether anything may be changed.</summary>
public enum ReadOnlyMode
{
    Off,

    /// <summary>By the firm's setting: people's work rests. Signing in and out, ending access, this setting itself and the audit log go on.</summary>
    Work,

    /// <summary>By READ_ONLY=true: the database is opened for reading only, and nothing at all is written.</summary>
    Everything,
}

/// <summary>Asks for the firm's setting outside of requests, in a scope of the caller's.</summary>
public delegate ValueTask<bool> IsWorkResting(IServiceProvider services, CancellationToken stop);

/// <summary>An endpoint that answers in a read-only system although its method is not a safe one.</summary>
/// <param name="WritesNothing">Also when everything is read-only.</param>
public sealed record OpenReadOnlyMetadata(bool WritesNothing);

/// <summary>The one place that refuses writes of a read-only system. What writes in spite of a safe method (an export is audited) is refused by the database itself.</summary>
public static class ReadOnlyRequests
{
    /// <summary>Goes on in a read-only system: nobody's work, but access to it.</summary>
    public static TBuilder OpenReadOnly<TBuilder>(this TBuilder builder, bool writesNothing = false)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new OpenReadOnlyMetadata(writesNothing));

    /// <summary>The mode of this request.</summary>
    public static ReadOnlyMode ReadOnly(this HttpContext http) =>
        http.RequestServices.GetRequiredService<AppSettings>().IsReadOnly ? ReadOnlyMode.Everything
        : http.Features.Get<RestingWork>() is not null ? ReadOnlyMode.Work
        : ReadOnlyMode.Off;

    /// <summary>Says that the firm's setting is on.</summary>
    public static void RestWork(this HttpContext http) => http.Features.Set(new RestingWork());

    /// <summary>After the settings are known and before anything is done.</summary>
    public static void UseReadOnly(this WebApplication app) =>
        app.Use((http, next) => IsAllowed(http) ? next(http) : Refuse(http));

    /// <summary>503: try again later.</summary>
    public static Task Refuse(HttpContext http)
    {
        http.Response.Headers.RetryAfter = "300";
        return UnexpectedErrors.Write(http, StatusCodes.Status503ServiceUnavailable, "problem.read_only");
    }

    private static bool IsAllowed(HttpContext http)
    {
        var (mode, method) = (http.ReadOnly(), http.Request.Method);
        if (
            mode == ReadOnlyMode.Off
            || HttpMethods.IsGet(method)
            || HttpMethods.IsHead(method)
            || HttpMethods.IsOptions(method)
            || http.GetEndpoint() is not { } endpoint
        )
            return true;
        return endpoint.Metadata.GetMetadata<OpenReadOnlyMetadata>() is { } open
            && (open.WritesNothing || mode == ReadOnlyMode.Work);
    }

    private sealed record RestingWork;
}
