using MdcTts.Infrastructure.Configuration;

namespace MdcTts.Infrastructure.ReadOnly;

/// <summary>Whether anything may be changed.</summary>
public enum ReadOnlyMode
{
    Off,

    /// <summary>
    /// By the firm's setting: people's work rests. Signing in and out, ending access, this setting itself and the audit
    /// log go on.
    /// </summary>
    Work,

    /// <summary>By READ_ONLY=true: the database is opened for reading only, and nothing at all is written.</summary>
    Everything,
}

/// <summary>Asks for the firm's setting outside of requests, in a scope of the caller's.</summary>
public delegate ValueTask<bool> IsWorkResting(IServiceProvider services, CancellationToken stop);

/// <summary>An endpoint that answers in a read-only system although its method is not a safe one.</summary>
/// <param name="WritesNothing">Also when everything is read-only.</param>
public sealed record OpenReadOnlyMetadata(bool WritesNothing);

/// <summary>
/// Which requests a read-only system refuses. What writes in spite of a safe method (an export is audited) is refused
/// by the database itself.
/// </summary>
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

    /// <summary>Whether this request may go on.</summary>
    public static bool IsAllowed(HttpContext http)
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
