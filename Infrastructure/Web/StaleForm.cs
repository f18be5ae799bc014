using Htmx;
using MdcTts.Infrastructure.Security;

namespace MdcTts.Infrastructure.Web;

/// <summary>
/// A form of ours whose antiforgery token is no longer good: the page was open over a sign-in or for very long. It is
/// shown again with what was typed and with a new token, so that nobody types anything twice. What a script of the
/// page sends by itself is answered with the new token, which the page then uses.
/// </summary>
public static class StaleForm
{
    /// <param name="Action">Where it was posted.</param>
    /// <param name="Back">The page that posted it; null when the browser does not say.</param>
    /// <param name="HasFiles">They cannot be carried: the person goes back and chooses them again.</param>
    public sealed record View(string Action, CarriedForm Carried, string? Back, bool HasFiles)
    {
        /// <summary>What a person has written, as far as one can tell; the rest are keys and numbers.</summary>
        public IEnumerable<string> Written => Carried.Fields.Select(f => f.Value).Where(v => v.Any(char.IsWhiteSpace));
    }

    /// <summary>
    /// The form with a new token; null unless the browser says that it comes from a page of ours. What another site
    /// posts must not even be offered to be sent.
    /// </summary>
    public static async Task<IResult?> Show(HttpContext http, CancellationToken stop)
    {
        var request = http.Request;
        if (!request.HasFormContentType || !IsOurs(request))
            return null;
        if (request.IsHtmxPart())
        {
            var value = http.AntiforgeryToken();
            http.Response.Htmx(h => h.WithTrigger("token", new { value }));
            return TypedResults.NoContent();
        }

        var form = await request.ReadFormAsync(stop);
        var view = new View(
            request.PathBase + request.Path + request.QueryString,
            CarriedForm.Of(form),
            BackOf(request),
            form.Files.Count > 0
        );
        return StaleFormPage.Create(view).Status(StatusCodes.Status400BadRequest);
    }

    // Browsers send at least one of the two with every form, and no page can change them.
    private static bool IsOurs(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"] is { Count: > 0 } site)
            return site == "same-origin";
        return request.Headers.Origin is { Count: 1 } origin
            && string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
    }

    private static string? BackOf(HttpRequest request) =>
        Uri.TryCreate(request.Headers.Referer.ToString(), UriKind.Absolute, out var url)
            ? Html.LocalPath(url.PathAndQuery)
            : null;
}
