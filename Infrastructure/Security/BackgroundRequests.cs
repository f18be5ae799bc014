namespace MdcTts.Infrastructure.Security;

/// <summary>
/// Requests that a page sends by itself. They do not keep a session alive: the session of an open tab must still end
/// when nobody uses it.
/// </summary>
public static class BackgroundRequests
{
    /// <summary>Marks a single request.</summary>
    public const string Header = "X-Unattended";

    private static readonly object Mark = new BackgroundMetadata();

    /// <summary>Marks an endpoint that only scripts of a page call.</summary>
    public static TBuilder SentInBackground<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(Mark);

    public static bool IsInBackground(this HttpContext http) =>
        http.Request.Headers.ContainsKey(Header)
        || http.GetEndpoint()?.Metadata.GetMetadata<BackgroundMetadata>() is not null;

    private sealed record BackgroundMetadata;
}
