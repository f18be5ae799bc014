using Htmx;
using MdcTts.Infrastructure.Security;
using RazorSlices;

namespace MdcTts.Infrastructure.Web;

/// <summary>A short message about what was done.</summary>
public sealed record Toast(string Text, ToastUndo? Undo)
{
    /// <summary>As <see cref="ToString"/> wrote it.</summary>
    public static Toast Parse(string text)
    {
        var parts = text.Split('\n');
        return parts is [var said, var action, var batch, var back]
            ? new(said, new(Html.LocalPath(action), batch, Html.LocalPath(back)))
            : new(parts[0], Undo: null);
    }

    public override string ToString() =>
        Undo is null ? Text : string.Join('\n', Text, Undo.Action, Undo.Batch, Undo.ReturnUrl);
}

/// <summary>A post that takes it back.</summary>
/// <param name="Action">Where to.</param>
/// <param name="Batch">Names what is taken back.</param>
/// <param name="ReturnUrl">The page to come back to.</param>
public sealed record ToastUndo(string Action, string Batch, string ReturnUrl);

/// <summary>Answers to browsers.</summary>
public static class Html
{
    /// <summary>Says to the page that nothing was saved yet.</summary>
    public const string Unsaved = "X-Unsaved";

    /// <summary>A slice with another status than 200.</summary>
    public static IResult Status(this RazorSlice slice, int status)
    {
        slice.StatusCode = status;
        return slice;
    }

    /// <summary>
    /// After a successful post: 303 to the page that shows the result, or <c>HX-Redirect</c>'s like for htmx (fetched
    /// and swapped without a full load).
    /// </summary>
    public static IResult SeeOther(this HttpContext http, string url)
    {
        if (http.Request.IsHtmx())
        {
            http.Response.Headers["HX-Redirect"] = url;
            return TypedResults.NoContent();
        }

        http.Response.Headers.Location = url;
        return TypedResults.StatusCode(StatusCodes.Status303SeeOther);
    }

    /// <summary>
    /// Something must be done first, and nothing was saved: the page goes there and keeps what was typed.
    /// </summary>
    public static IResult Detour(this HttpContext http, string url)
    {
        http.Response.Headers[Unsaved] = "1";
        return http.SeeOther(url);
    }

    /// <summary>Shows a short message once the answer is in: at once for htmx, on the next page otherwise.</summary>
    /// <param name="undo">Takes back what it tells of; only after a redirect.</param>
    public static void Toast(this HttpContext http, string text, ToastUndo? undo = null) => http.Toast(new(text, undo));

    internal static void Toast(this HttpContext http, Toast toast)
    {
        if (http.Request.IsHtmxPart())
        {
            http.Response.Htmx(h => h.WithTrigger("toast", new { text = toast.Text }));
            return;
        }

        http.Items[typeof(Toast)] = toast;
        http.Response.Cookies.Append(
            ToastCookie,
            Uri.EscapeDataString(toast.ToString()),
            new()
            {
                HttpOnly = true,
                SameSite = SameSiteMode.Lax,
                MaxAge = TimeSpan.FromMinutes(1),
                Secure = http.Request.IsHttps,
            }
        );
    }

    /// <summary>
    /// Takes the message that was left before a redirect; null when there is none. Call it before the
    /// answer starts; otherwise the next page shows the message again.
    /// </summary>
    internal static Toast? TakeToast(this HttpContext http)
    {
        // The page that is being left may still look for news, and would take it away from the one that comes.
        if (http.IsInBackground() || http.Request.Cookies[ToastCookie] is not { Length: > 0 and < 2000 } text)
            return null;
        if (!http.Response.HasStarted && http.Items.TryAdd(ToastCookie, null))
            http.Response.Cookies.Delete(ToastCookie);
        return Web.Toast.Parse(Uri.UnescapeDataString(text));
    }

    /// <summary>The message that this answer leaves for the next page.</summary>
    internal static Toast? LeftToast(this HttpContext http) => http.Items[typeof(Toast)] as Toast;

    private const string ToastCookie = "mdc.toast";

    /// <summary>A path of this site that is safe to go back to; <c>/</c> for anything else.</summary>
    public static string LocalPath(string? url) =>
        url is { Length: > 0 and < 2000 }
        && url[0] == '/'
        && (url.Length == 1 || (url[1] != '/' && url[1] != '\\'))
        && !url.Any(char.IsControl)
            ? url
            : "/";
}
