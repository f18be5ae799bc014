using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;

namespace MdcTts.Infrastructure.Web;

/// <summary>What the layout needs besides the page itself.</summary>
/// <param name="Title">The document's title.</param>
/// <param name="Section">Which entry of the navigation is current, such as <c>transactions</c>.</param>
/// <param name="User">Who is signed in; null shows the page without the frame.</param>
/// <param name="Path">Where to come back to after switching language or theme.</param>
/// <param name="Theme"><c>light</c>, <c>dark</c> or null for the system's.</param>
/// <param name="Token">The antiforgery token for htmx's headers and for forms.</param>
/// <param name="Toast">A message from the step before.</param>
public sealed record PageFrame(
    string Title,
    string Section,
    CurrentUser? User,
    string Path,
    string? Theme,
    string Token,
    Toast? Toast
)
{
    /// <summary>Today in Riyadh, for the head of a printed page.</summary>
    public DateOnly Today { get; private init; }

    /// <summary>The search that is shown in the header.</summary>
    public string? Search { get; init; }

    public static PageFrame For(HttpContext http, string title, string section = "")
    {
        var user = http.Person();
        return new(
            title,
            section,
            user,
            http.Request.Path + http.Request.QueryString,
            http.Request.Cookies[Preferences.ThemeCookie] is "light" or "dark"
                ? http.Request.Cookies[Preferences.ThemeCookie]
                : null,
            http.AntiforgeryToken(),
            http.TakeToast()
        )
        {
            Today = http.RequestServices.GetRequiredService<TimeProvider>().Today(),
        };
    }
}
