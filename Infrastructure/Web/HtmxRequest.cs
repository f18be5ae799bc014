using Htmx;

namespace MdcTts.Infrastructure.Web;

/// <summary>What kind of answer an htmx request wants.</summary>
public static class HtmxRequest
{
    /// <summary>
    /// True when a part of the page is wanted. Not for history restores, boosted links or targets that replace the
    /// whole body: those need the page.
    /// Says <c>Vary: HX-Request</c>, or the browser would show a naked fragment on Back.
    /// </summary>
    public static bool WantsFragment(this HttpContext http)
    {
        http.Response.Headers.Append("Vary", "HX-Request");
        return http.Request.IsHtmxPart();
    }

    /// <summary>The same question without touching the answer.</summary>
    public static bool IsHtmxPart(this HttpRequest request) =>
        request.IsHtmx()
        && !request.IsHtmxBoosted()
        && !request.Headers.ContainsKey("HX-History-Restore-Request")
        && request.Headers["HX-Request-Type"] != "full";

    /// <summary>
    /// True for a form that the page's script has sent. It takes a whole page, and out of it the main part; errors it
    /// shows beside the form.
    /// </summary>
    public static bool IsHtmxForm(this HttpRequest request) =>
        request.IsHtmx() && HttpMethods.IsPost(request.Method) && request.Headers["HX-Request-Type"] == "full";
}
