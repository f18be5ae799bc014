using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using MdcTts.Features.Catalogue;
using MdcTts.Features.Settings;
using MdcTts.Features.Transactions;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Tracking;

/// <summary>
/// Number, last action and date of update of one transaction, without signing in; nothing else. Found by number and reference number together,
/// or by the secret of the QR's link.
/// </summary>
/// <remarks>
/// Wrong, unknown, deleted, draft and malformed are one answer, byte for byte, after the same two queries: nobody learns from it which numbers exist.
/// So it shows nothing of what was typed, and its problem document has no trace id.
/// </remarks>
public static partial class TrackTransaction
{
    private const int InputMaxLength = 200;

    /// <summary>All that is public.</summary>
    public sealed record View(string Number, LastAction LastAction, DateTime UpdatedAt);

    /// <summary>The status, its name in the reader's language, and the note of the last move when that is public.</summary>
    public sealed record LastAction(string Status, string Name, string? Note)
    {
        /// <summary>For the page only.</summary>
        [JsonIgnore]
        public string Css { get; init; } = "";
    }

    /// <summary>What the page shows: the form, the answer, or that there is none.</summary>
    /// <param name="IsNumberEnough">A setting: the reference number is not asked for.</param>
    public sealed record Screen(View? Found, bool IsMissing, string? Theme, string OtherLanguage, bool IsNumberEnough);

    private sealed record Candidate(int Id, string Number, string? Reference, string Status, DateTime UpdatedAt);

    private sealed record Move(string? Text, NoteVisibility Visibility);

    private static readonly Candidate Nobody = new(0, "TRX-2026-00000", "RRM-0000/00", "", default);

    private static readonly Problem Missing = Problem.NotFound("tracking.missing");

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.AddEndpointFilter(Unlisted);
        api.AddEndpointFilter(Unlisted);
        pages.MapGet(TrackingRoutes.Form, Page).AllowAnonymous().Limited(RateLimits.Tracking);
        pages.MapGet("/t/{token}", LinkPage).AllowAnonymous().Limited(RateLimits.Tracking);
        api.MapGet("/", Json)
            .AllowAnonymous()
            .Limited(RateLimits.Tracking)
            .WithSummary("Where a transaction stands, by number and reference number")
            .Produces<View>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
        api.MapGet("/{token}", LinkJson)
            .AllowAnonymous()
            .Limited(RateLimits.Tracking)
            .WithSummary("Where a transaction stands, by the QR's secret")
            .Produces<View>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
    }

    /// <summary>By both numbers, or by the first alone where the firm has set it so, as people type them: any case, digits of any script, blanks.</summary>
    public static Task<Result<View>> Handle(
        string? number,
        string? reference,
        FirmSettings settings,
        AppDb db,
        CatalogueCache catalogues,
        CancellationToken stop
    )
    {
        var asked = Canonical(number);
        var typed = Hash(IsSound(reference) ? reference : null);
        return Find(
            db.Transactions.Where(t => t.Number == asked),
            found => Matches(found.Reference, typed) | settings.TrackByNumberAlone,
            db,
            catalogues,
            stop
        );
    }

    /// <summary>By the secret of the link.</summary>
    public static Task<Result<View>> Handle(string token, AppDb db, CatalogueCache catalogues, CancellationToken stop)
    {
        var asked = IsSound(token) ? token : "";
        return Find(db.Transactions.Where(t => t.TrackingToken == asked), _ => true, db, catalogues, stop);
    }

    /// <summary><c>trx 2026 ٠٠٠١٧</c> → <c>TRX-2026-00017</c>; empty, which no transaction is called, for anything that cannot be a number.</summary>
    internal static string Canonical(string? number)
    {
        if (!IsSound(number))
            return "";
        var match = Number().Match(string.Concat(ArabicText.Fold(number).Where(char.IsAsciiLetterOrDigit)));
        return
            match.Success
            && long.TryParse(
                match.Groups["number"].ValueSpan,
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var n
            )
            ? TransactionNumber.Of(
                int.Parse(match.Groups["year"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture),
                n
            )
            : "";
    }

    private static async Task<Result<View>> Find(
        IQueryable<Transaction> asked,
        Func<Candidate, bool> isRight,
        AppDb db,
        CatalogueCache catalogues,
        CancellationToken stop
    )
    {
        var catalogue = await catalogues.Get(stop);
        var found = await asked
            .OutsideTheFirm()
            .Select(t => new Candidate(t.Id, t.Number, t.ReferenceNumber, t.Status, t.OutsideUpdatedAt))
            .SingleOrDefaultAsync(stop);
        // Somebody is always compared with, so that folding and hashing cost an unknown number what they cost a known one.
        var isRightOne = isRight(found ?? Nobody);
        var isShown = found is not null && isRightOne;

        // Asked for in any case: the refusal must not be the shorter way.
        var id = isShown ? found!.Id : 0;
        var move = await db
            .History.OutsideTheFirm()
            .Moves()
            .Where(h => h.TransactionId == id)
            .OrderByDescending(h => h.Id)
            .Select(h => new Move(h.Text, h.Visibility))
            .FirstOrDefaultAsync(stop);
        if (!isShown)
            return Missing;

        var note = move is null ? null : PlainText.Trimmed(HistoryReading.PublicText(move.Visibility, move.Text));
        var status = catalogue.Workflow[found!.Status];
        return new View(found.Number, new(status.Key, status.Name, note) { Css = status.Css }, found.UpdatedAt);
    }

    private static async Task<IResult> Page(
        string? number,
        string? reference,
        string? lang,
        CurrentSettings current,
        AppDb db,
        CatalogueCache catalogues,
        HttpContext http,
        CancellationToken stop
    )
    {
        Speak(http, lang);
        var settings = await current.Get(stop);
        if (string.IsNullOrEmpty(number) && string.IsNullOrEmpty(reference))
            return Show(http, settings, null, isMissing: false);
        return (await Handle(number, reference, settings, db, catalogues, stop)).Match<IResult>(
            view => Show(http, settings, view, isMissing: false),
            _ => Show(http, settings, null, isMissing: true)
        );
    }

    private static async Task<IResult> LinkPage(
        string token,
        string? lang,
        CurrentSettings current,
        AppDb db,
        CatalogueCache catalogues,
        HttpContext http,
        CancellationToken stop
    )
    {
        Speak(http, lang);
        var settings = await current.Get(stop);
        return (await Handle(token, db, catalogues, stop)).Match<IResult>(
            view => Show(http, settings, view, isMissing: false),
            _ => Show(http, settings, null, isMissing: true)
        );
    }

    private static async Task<IResult> Json(
        string? number,
        string? reference,
        CurrentSettings current,
        AppDb db,
        CatalogueCache catalogues,
        CancellationToken stop
    ) =>
        (await Handle(number, reference, await current.Get(stop), db, catalogues, stop)).Match<IResult>(
            TypedResults.Ok,
            Refuse
        );

    private static async Task<IResult> LinkJson(
        string token,
        AppDb db,
        CatalogueCache catalogues,
        CancellationToken stop
    ) => (await Handle(token, db, catalogues, stop)).Match<IResult>(TypedResults.Ok, Refuse);

    private static Spoken Show(HttpContext http, FirmSettings settings, View? found, bool isMissing)
    {
        var other = Words.T.IsArabic ? "en" : "ar";
        // What was asked for stays in the address only where it was found: the refusal is the same page for everybody.
        var path = found is null ? TrackingRoutes.Form : http.Request.Path.Value;
        var query = found is null
            ? []
            : http
                .Request.Query.Where(q => q.Key is "number" or "reference")
                .Select(q => $"{q.Key}={Uri.EscapeDataString(q.Value.ToString())}&");
        var theme = http.Request.Cookies[Preferences.ThemeCookie] is "light" or "dark"
            ? http.Request.Cookies[Preferences.ThemeCookie]
            : null;
        return new Spoken(
            TrackingPage
                .Create(
                    new(
                        found,
                        isMissing,
                        theme,
                        $"{path}?{string.Concat(query)}lang={other}",
                        settings.TrackByNumberAlone
                    )
                )
                .Status(isMissing ? StatusCodes.Status404NotFound : StatusCodes.Status200OK)
        );
    }

    // The language set inside a handler is forgotten when it returns, and the page is written after that.
    private sealed class Spoken(IResult page) : IResult
    {
        private readonly CultureInfo _language = CultureInfo.CurrentUICulture;

        public Task ExecuteAsync(HttpContext httpContext)
        {
            CultureInfo.CurrentUICulture = _language;
            return page.ExecuteAsync(httpContext);
        }
    }

    private static IResult Refuse(Problem problem) =>
        TypedResults.Json(
            new Refusal(
                ProblemResults.UrnOf(problem.Key),
                Words.T["problem.title.404"],
                StatusCodes.Status404NotFound,
                Words.T[problem.Key],
                RouteGroups.Api + TrackingRoutes.Api
            ),
            contentType: "application/problem+json",
            statusCode: StatusCodes.Status404NotFound
        );

    private sealed record Refusal(string Type, string Title, int Status, string Detail, string Instance);

    private static void Speak(HttpContext http, string? language)
    {
        if (Preferences.Known(language) is not { } known)
            return;
        CultureInfo.CurrentUICulture = new CultureInfo(known);
        http.Response.Headers.ContentLanguage = known;
        Preferences.Remember(http, Preferences.LanguageCookie, known);
    }

    private static ValueTask<object?> Unlisted(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var headers = context.HttpContext.Response.Headers;
        headers["X-Robots-Tag"] = "noindex, nofollow";
        // The address holds what opens the page.
        headers["Referrer-Policy"] = "no-referrer";
        return next(context);
    }

    private static bool IsSound(string? text) =>
        text is { Length: > 0 and <= InputMaxLength } && !PlainText.HasForbidden(text);

    private static bool Matches(string? reference, byte[] typed) =>
        CryptographicOperations.FixedTimeEquals(Hash(reference), typed) && ArabicText.Fold(reference).Length > 0;

    private static byte[] Hash(string? text) => SHA256.HashData(Encoding.UTF8.GetBytes(ArabicText.Fold(text)));

    [GeneratedRegex(
        "^trx(?<year>[0-9]{4})(?<number>[0-9]{1,9})$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        200
    )]
    private static partial Regex Number();
}
