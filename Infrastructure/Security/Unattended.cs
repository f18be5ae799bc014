namespace MdcTts.Infrastructure.Security;

/// <summary>
/// Requests that a page makes by itself. They do not keep a session alive: a tab that is left open must still end when
/// nobody sits before it.
/// </summary>
public static class Unattended
{
    /// <summary>Says it for a single request.</summary>
    public const string Header = "X-Unattended";

    private static readonly object Mark = new UnattendedMetadata();

    /// <summary>Only ever asked for by the page itself.</summary>
    public static TBuilder MadeByPages<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(Mark);

    public static bool IsUnattended(this HttpContext http) =>
        http.Request.Headers.ContainsKey(Header)
        || http.GetEndpoint()?.Metadata.GetMetadata<UnattendedMetadata>() is not null;

    private sealed record UnattendedMetadata;
}
