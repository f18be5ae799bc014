using Htmx;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using Microsoft.AspNetCore.Mvc;

namespace MdcTts.Infrastructure.Web;

/// <summary>
/// The one place where a <see cref="Problem"/> becomes an HTTP answer: JSON under <c>/api</c>, a page or a notice
/// elsewhere.
/// </summary>
public static class ProblemResults
{
    /// <summary>The status of each kind.</summary>
    public static int StatusOf(ProblemKind kind) =>
        kind switch
        {
            ProblemKind.Malformed => StatusCodes.Status400BadRequest,
            ProblemKind.Unauthorized => StatusCodes.Status401Unauthorized,
            ProblemKind.Forbidden => StatusCodes.Status403Forbidden,
            ProblemKind.NotFound => StatusCodes.Status404NotFound,
            ProblemKind.Conflict => StatusCodes.Status409Conflict,
            ProblemKind.PreconditionFailed => StatusCodes.Status412PreconditionFailed,
            ProblemKind.TooLarge => StatusCodes.Status413PayloadTooLarge,
            ProblemKind.UnsupportedMedia => StatusCodes.Status415UnsupportedMediaType,
            ProblemKind.Invalid => StatusCodes.Status422UnprocessableEntity,
            ProblemKind.PreconditionRequired => StatusCodes.Status428PreconditionRequired,
            ProblemKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };

    /// <summary>Whichever face the request came through.</summary>
    public static IResult Problem(this HttpContext http, Problem problem) =>
        http.IsApi() ? Json(problem) : http.HtmlProblem(problem);

    /// <summary>True under <c>/api</c>.</summary>
    public static bool IsApi(this HttpContext http) => http.Request.Path.StartsWithSegments("/api");

    /// <summary>RFC 9457, in the reader's language.</summary>
    public static IResult Json(Problem problem) => new JsonProblem(StatusOf(problem.Kind), problem);

    /// <summary>An error page; for htmx a notice at the top of the page.</summary>
    public static IResult HtmlProblem(this HttpContext http, Problem problem) =>
        http.HtmlError(StatusOf(problem.Kind), TextOf(problem));

    // Where no form is shown again, its errors are the text: that some fields are wrong helps nobody.
    private static string TextOf(Problem problem) =>
        problem.Fields is { Any: true } fields
            ? string.Join(' ', fields.Fields.SelectMany(fields.Of).Select(e => Words.T[e.Key, e.Args]))
            : Words.T[problem.Key, problem.Args];

    /// <summary>The same for a status and a text.</summary>
    /// <param name="link">A way on that stands beside the text in a notice.</param>
    public static IResult HtmlError(this HttpContext http, int status, string text, NoticeView.Way? link = null)
    {
        // Errors from before the endpoint have not got it yet, and slices write as they render: its cookie must come
        // first.
        http.AntiforgeryToken();
        var isForm = http.Request.IsHtmxForm();
        if (!isForm && !http.Request.IsHtmxPart())
            return KeptForm.Refuse(status, text);
        if (!isForm)
            http.Response.Htmx(h => h.Retarget("#notices").Reswap("innerHTML"));
        return Notice.Create(new(text, "error") { Link = link }).Status(status);
    }

    /// <summary>The page behind a link of a mail that is good no longer: what happened, and where to go on.</summary>
    /// <param name="ways">The likeliest first.</param>
    public static IResult DeadLink(this HttpContext http, Problem problem, params (string Url, string Text)[] ways)
    {
        if (http.Request.IsHtmxForm() || problem.Kind != ProblemKind.NotFound)
            return http.HtmlProblem(problem);
        http.AntiforgeryToken();
        var view = new ErrorPageView(StatusCodes.Status404NotFound, TextOf(problem), http.TraceIdentifier);
        return ErrorPage
            .Create(view with { Title = Words.T["problem.title.dead_link"], Ways = ways })
            .Status(view.Status);
    }

    /// <summary>
    /// The stable code of a problem: <c>status.not_allowed</c> is <c>urn:mdc:problem:status-not-allowed</c>; an invalid
    /// move has the name of the contract.
    /// </summary>
    public static string UrnOf(string key) =>
        key is "status.not_allowed" or "status.not_allowed_end" or "status.not_allowed_none"
            ? "urn:mdc:problem:invalid-transition"
            : "urn:mdc:problem:"
                + key.Replace("problem.", "", StringComparison.Ordinal).Replace('.', '-').Replace('_', '-');

    /// <summary>Writes a problem document; also for answers made outside endpoints.</summary>
    public static Task WriteJson(
        HttpContext http,
        int status,
        string key,
        object[] args,
        FieldErrors? fields = null,
        IReadOnlyDictionary<string, object?>? extensions = null
    )
    {
        var words = Words.T;
        var document = new ProblemDetails
        {
            Type = UrnOf(key),
            Title = words.Has(key + ".title") ? words[key + ".title"] : words[$"problem.title.{status}"],
            Detail = words[key, args],
            Status = status,
            Instance = http.Request.Path,
        };
        document.Extensions["traceId"] = http.TraceIdentifier;
        if (fields is not null)
            document.Extensions["errors"] = fields.Fields.ToDictionary(
                f => f,
                f => fields.Of(f).Select(e => words[e.Key, e.Args]).ToArray(),
                StringComparer.Ordinal
            );
        foreach (var (name, value) in extensions ?? new Dictionary<string, object?>(StringComparer.Ordinal))
            document.Extensions[name] = value;
        http.Response.StatusCode = status;
        return http.Response.WriteAsJsonAsync(
            document,
            options: null,
            contentType: "application/problem+json",
            http.RequestAborted
        );
    }

    private sealed class JsonProblem(int status, Problem problem) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) =>
            WriteJson(httpContext, status, problem.Key, problem.Args, problem.Fields, problem.Extensions);
    }
}
