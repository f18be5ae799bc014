namespace MdcTts.Infrastructure.Web;

/// <summary>Headers on every kind of answer.</summary>
public static class SecurityHeaders
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
        + "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        + "manifest-src 'self'";

    // The API's page is Swagger UI as it comes: it styles its elements and draws its arrows by data addresses. No
    // script of its own either.
    private static readonly string DocsPolicy = Policy
        .Replace("style-src 'self'", "style-src 'self' 'unsafe-inline'", StringComparison.Ordinal)
        .Replace("img-src 'self'", "img-src 'self' data:", StringComparison.Ordinal);

    // A browser that has seen it once asks this host by https only, for a year.
    private const string OnlyHttps = "max-age=31536000; includeSubDomains";

    /// <summary>
    /// First in the pipeline, and set at the last moment: whoever answers an exception clears what was set before.
    /// Private by default: only fingerprinted assets may be kept.
    /// </summary>
    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) =>
        app.Use(
            (http, next) =>
            {
                http.Response.OnStarting(static state => Set((HttpContext)state), http);
                return next(http);
            }
        );

    private static Task Set(HttpContext http)
    {
        var headers = http.Response.Headers;
        // What people have uploaded is under a stricter one.
        if (headers.ContentSecurityPolicy.Count == 0)
            headers.ContentSecurityPolicy = http.Request.Path.StartsWithSegments(OpenApi.Docs) ? DocsPolicy : Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers.XXSSProtection = "0";
        // Not on one's own machine, where the next program on the port may speak plain http.
        if (http.Request.IsHttps && http.Request.Host.Host != "localhost")
            headers.StrictTransportSecurity = OnlyHttps;
        if (http.Response.ContentType is { } type && NeedsCharset(type))
            http.Response.ContentType = type + "; charset=utf-8";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=()";
        // A slice may be stricter about who learns the address, or allow keeping.
        if (headers["Referrer-Policy"].Count == 0)
            headers["Referrer-Policy"] = "same-origin";
        if (headers.CacheControl.Count == 0)
            headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }

    // Without it a browser may guess; what streams is always UTF-8.
    private static bool NeedsCharset(string type) =>
        !type.Contains(';', StringComparison.Ordinal)
        && (
            type.EndsWith("+json", StringComparison.Ordinal)
            || type.EndsWith("+xml", StringComparison.Ordinal)
            || (type.StartsWith("text/", StringComparison.Ordinal) && type != "text/event-stream")
        );
}
