using Htmx;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;

namespace MdcTts.Infrastructure.Web;

/// <summary>
/// A form of ours that could not be taken: its token was no longer good, the session is over, the system rests, what it
/// was about is out of sight. Nobody types anything twice. Without script the answer is a page that holds what was
/// typed, and sends it again where that can help. A script keeps the form where it is, and is only told what happened.
/// </summary>
public static class KeptForm
{
    /// <param name="Action">Where it was posted.</param>
    /// <param name="Back">The page that posted it, or the one it belongs to.</param>
    /// <param name="HasFiles">They cannot be carried: the person goes back and chooses them again.</param>
    public sealed record View(
        int Status,
        string Text,
        string Action,
        CarriedForm Carried,
        string Back,
        bool HasFiles,
        string TraceId
    )
    {
        /// <summary>Of the form, so that it counts once however often it is sent; null for a new one.</summary>
        public string? Key { get; init; }

        /// <summary>It was carried out already, with other content.</summary>
        public bool IsRepeat { get; init; }

        /// <summary>False where a second attempt would fare no better.</summary>
        public bool CanSendAgain => !HasFiles && (IsRepeat || Status is 400 or 401 or 429 or >= 500);

        /// <summary>Something to send again or to copy.</summary>
        public bool HasSomething => CanSendAgain || HasFiles || Carried.Written.Any();

        public bool IsSignedOut => Status == StatusCodes.Status401Unauthorized;
    }

    /// <summary>
    /// The answer to a form with a token that is no longer good; null unless the browser says that it comes from a page
    /// of ours. What another site posts must not even be offered to be sent.
    /// </summary>
    public static async Task<IResult?> ShowStale(HttpContext http)
    {
        if (!http.Request.HasFormContentType || !IsOurs(http.Request))
            return null;
        if (http.Request.IsHtmx())
        {
            // The page sends it again by itself, unless somebody else is signed in by now.
            var value = http.AntiforgeryToken();
            var user = http.Person();
            var text = user is null ? Words.T["stale.explain"] : Words.T["kept.other_person", user.Name];
            http.Response.Htmx(h =>
                h.WithTrigger(
                    "token",
                    new
                    {
                        value,
                        person = $"{user?.Id}",
                        text,
                    }
                )
            );
            return TypedResults.NoContent();
        }

        return await Show(http, StatusCodes.Status400BadRequest, Words.T["stale.explain"]);
    }

    /// <summary>
    /// The answer to a form that was carried out already, and comes again with other content: it is sent as another one
    /// only when the person says so.
    /// </summary>
    public static async Task<IResult> ShowRepeat(HttpContext http)
    {
        var (status, text) = (StatusCodes.Status409Conflict, Words.T["once.differs"]);
        if (http.Request.IsHtmxForm())
        {
            http.Response.Htmx(h => h.WithTrigger("once", new { value = http.NextFormKey() }));
            return http.HtmlError(status, text);
        }

        return await Read(http, status, text) is { } view
            ? KeptFormPage.Create(view with { Key = null, IsRepeat = true }).Status(status)
            : ErrorPage.Create(new(status, text, http.TraceIdentifier)).Status(status);
    }

    /// <summary>A page with what was typed; null when the request is no form of ours or has nothing to keep.</summary>
    public static async Task<IResult?> Show(HttpContext http, int status, string text) =>
        await Read(http, status, text) is { HasSomething: true } view ? KeptFormPage.Create(view).Status(status) : null;

    /// <summary>An error page; when a form of ours was refused, with what was typed in it.</summary>
    public static IResult Refuse(int status, string text) => new Refusal(status, text);

    /// <summary>
    /// The page to go to after signing in: where a form was posted from, or the page of the thing that it was posted
    /// to. Never an address that only takes posts.
    /// </summary>
    public static string PageOf(HttpContext http)
    {
        var request = http.Request;
        if (
            Uri.TryCreate(request.Headers.Referer.ToString(), UriKind.Absolute, out var from)
            && from.Authority == request.Host.Value
            && IsPage(http, from.AbsolutePath)
        )
            return Html.LocalPath(from.PathAndQuery);
        for (var path = request.Path.Value ?? "/"; path.Length > 1; path = path[..path.LastIndexOf('/')])
            if (IsPage(http, path))
                return Html.LocalPath(path);
        return "/";
    }

    private static async Task<View?> Read(HttpContext http, int status, string text)
    {
        var request = http.Request;
        // Not a large file of somebody who is not signed in.
        if (
            !HttpMethods.IsPost(request.Method)
            || !request.HasFormContentType
            || request.ContentLength is not <= Edge.BodyMaxBytes
            || !IsOurs(request)
        )
            return null;
        IFormCollection form;
        try
        {
            form = await request.ReadFormAsync(http.RequestAborted);
        }
        // What cannot be read was not typed.
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            return null;
        }

        var hasFiles = form.Files.Count > 0;
        return new(
            status,
            hasFiles ? Words.T["stale.files"] : text,
            request.PathBase + request.Path + request.QueryString,
            CarriedForm.Of(form),
            PageOf(http),
            hasFiles,
            http.TraceIdentifier
        )
        {
            Key = FormKeys.KeyOf(form),
        };
    }

    // Browsers send at least one of the two with every form, and no page can change them.
    private static bool IsOurs(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"] is { Count: > 0 } site)
            return site == "same-origin";
        return request.Headers.Origin is { Count: 1 } origin
            && string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
    }

    // As routing would choose: the most particular pattern decides, so that /transactions/bulk is not a transaction.
    private static bool IsPage(HttpContext http, string path) =>
        http.RequestServices.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(e =>
                e.Metadata.GetMetadata<FaceMetadata>() is { IsApi: false }
                && new Microsoft.AspNetCore.Routing.Template.TemplateMatcher(new(e.RoutePattern), []).TryMatch(path, [])
            )
            .GroupBy(e => e.RoutePattern.InboundPrecedence)
            .MinBy(same => same.Key)
            ?.Any(e => e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains(HttpMethods.Get) == true)
        == true;

    private sealed class Refusal(int status, string text) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            // Errors from before the endpoint have no token yet, and the page's cookie must come first.
            httpContext.AntiforgeryToken();
            var page =
                await Show(httpContext, status, text)
                ?? ErrorPage.Create(new(status, text, httpContext.TraceIdentifier)).Status(status);
            await page.ExecuteAsync(httpContext);
        }
    }
}
