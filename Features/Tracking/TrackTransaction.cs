using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using MdcTts.Features.Catalogue;
using MdcTts.Features.Settings;
using MdcTts.Features.Transactions;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Tracking;

/// <summary>
/// Shows the number, the last action and the date of update of one transaction to visitors, and nothing else. They find
/// it by number and reference number together, or by the secret in the QR's link.
/// </summary>
/// <remarks>
/// Wrong, unknown, deleted, draft and malformed get one answer, byte for byte, after the same queries, so that nobody
/// learns from it which numbers exist. So does a right pair after too many wrong ones. Therefore the answer repeats
/// nothing that was typed, and its problem document has no trace id.
/// </remarks>
public sealed partial class TrackTransaction(
    AppDb db,
    TrackingGuesses guesses,
    CatalogueCache catalogues,
    CurrentSettings settings
)
{
    private const int InputMaxLength = 200;

    /// <summary>All that is public.</summary>
    public sealed record View(string Number, LastAction LastAction, DateTime UpdatedAt);

    /// <summary>The status, its name in the reader's language, and the last move's note when that is public.</summary>
    public sealed record LastAction(string Status, string Name, string? Note)
    {
        /// <summary>For the page only.</summary>
        [JsonIgnore]
        public string Css { get; init; } = "";
    }

    /// <summary>What the page shows: the form, the answer, or that there is none.</summary>
    /// <param name="IsNumberEnough">A setting: the number alone finds a transaction.</param>
    public sealed record Screen(View? Found, bool IsMissing, string? Theme, string OtherLanguage, bool IsNumberEnough);

    private sealed record Candidate(int Id, string Number, string? Reference, string Status, DateTime UpdatedAt);

    private sealed record Move(string? Text, NoteVisibility Visibility);

    // Compared where there is none: an unknown number must take as long as a known one.
    private static readonly Candidate NoCandidate = new(0, "TRX-2026-00000", "RRM-0000/00", "", default);

    private static readonly Problem Missing = Problem.NotFound("tracking.missing");

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.AddEndpointFilter(AddPrivacyHeaders);
        api.AddEndpointFilter(AddPrivacyHeaders);
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

    /// <summary>
    /// Finds by both numbers, or by the first alone where the firm allows it. Takes what people type: any case, digits
    /// of any script, blanks.
    /// </summary>
    /// <param name="address">Who asks: wrong pairs are counted.</param>
    public async Task<Result<View>> Handle(
        string? number,
        string? reference,
        IPAddress? address,
        CancellationToken stop
    )
    {
        var canonical = Canonical(number);
        var found = await Find(db.Transactions.Where(t => t.Number == canonical), stop);
        if ((await settings.Get(stop)).TrackByNumberAlone)
            return await Show(found, isRight: true, stop);

        // Counted before it is compared, or many at once would all be compared before the first is counted.
        var guess = await guesses.Take(canonical, found is not null, address, stop);
        var isRight = Matches((found ?? NoCandidate).Reference, Hash(IsSound(reference) ? reference : null));
        var isShown = isRight & guess.IsAllowed;
        var shown = await Show(found, isShown, stop);
        // Not after too many: the time that this takes would tell that the pair is right.
        if (found is not null && isShown)
            await guesses.GiveBack(guess, canonical, address, stop);
        return shown;
    }

    /// <summary>Finds by the secret of the link.</summary>
    public async Task<Result<View>> Handle(string token, CancellationToken stop)
    {
        var secret = token.Length <= InputMaxLength ? SecretOf(token) : "";
        return await Show(await Find(db.Transactions.Where(t => t.TrackingToken == secret), stop), isRight: true, stop);
    }

    // Mails and scanners put full stops, brackets and invisible signs behind an address.
    private static string SecretOf(string token) =>
        string.Concat(token.TakeWhile(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));

    /// <summary>
    /// <c>trx 2026 ٠٠٠١٧</c> → <c>TRX-2026-00017</c>; empty, which is no transaction's number, for anything else.
    /// </summary>
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

    private static Task<Candidate?> Find(IQueryable<Transaction> matching, CancellationToken stop) =>
        matching
            .OutsideTheFirm()
            .Select(t => new Candidate(t.Id, t.Number, t.ReferenceNumber, t.Status, t.OutsideUpdatedAt))
            .SingleOrDefaultAsync(stop);

    private async Task<Result<View>> Show(Candidate? found, bool isRight, CancellationToken stop)
    {
        var catalogue = await catalogues.Get(stop);
        var isShown = found is not null && isRight;

        // Always runs, so that a refusal takes as long as a success.
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
        TrackTransaction useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        SwitchLanguage(http, lang);
        if (string.IsNullOrEmpty(number) && string.IsNullOrEmpty(reference))
            return await useCase.Show(http, found: null, isMissing: false, stop);
        var result = await useCase.Handle(number, reference, http.Connection.RemoteIpAddress, stop);
        return await useCase.Show(result, http, stop);
    }

    private static async Task<IResult> LinkPage(
        string token,
        string? lang,
        TrackTransaction useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        SwitchLanguage(http, lang);
        return await useCase.Show(await useCase.Handle(token, stop), http, stop);
    }

    private static async Task<IResult> Json(
        string? number,
        string? reference,
        TrackTransaction useCase,
        HttpContext http,
        CancellationToken stop
    ) =>
        (await useCase.Handle(number, reference, http.Connection.RemoteIpAddress, stop)).Match<IResult>(
            TypedResults.Ok,
            Refuse
        );

    private static async Task<IResult> LinkJson(string token, TrackTransaction useCase, CancellationToken stop) =>
        (await useCase.Handle(token, stop)).Match<IResult>(TypedResults.Ok, Refuse);

    private Task<IResult> Show(Result<View> result, HttpContext http, CancellationToken stop) =>
        result.Match(
            view => Show(http, view, isMissing: false, stop),
            _ => Show(http, found: null, isMissing: true, stop)
        );

    private async Task<IResult> Show(HttpContext http, View? found, bool isMissing, CancellationToken stop)
    {
        var other = Words.T.IsArabic ? "en" : "ar";
        // The link to the other language repeats what was typed only where it found something: the refusal is the same
        // page for everybody.
        var path = found is null ? TrackingRoutes.Form : http.Request.Path.Value;
        var query = found is null
            ? []
            : http
                .Request.Query.Where(q => q.Key is "number" or "reference")
                .Select(q => $"{q.Key}={Uri.EscapeDataString(q.Value.ToString())}&");
        var theme = http.Request.Cookies[Preferences.ThemeCookie] is "light" or "dark"
            ? http.Request.Cookies[Preferences.ThemeCookie]
            : null;
        var screen = new Screen(
            found,
            isMissing,
            theme,
            $"{path}?{string.Concat(query)}lang={other}",
            (await settings.Get(stop)).TrackByNumberAlone
        );
        var status = isMissing ? StatusCodes.Status404NotFound : StatusCodes.Status200OK;
        return new PageInLanguage(TrackingPage.Create(screen).Status(status), CultureInfo.CurrentUICulture);
    }

    // The culture set inside a handler is forgotten when it returns, and the page is written after that.
    private sealed class PageInLanguage(IResult page, CultureInfo language) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            CultureInfo.CurrentUICulture = language;
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

    private static void SwitchLanguage(HttpContext http, string? language)
    {
        if (Preferences.Known(language) is not { } known)
            return;
        CultureInfo.CurrentUICulture = new CultureInfo(known);
        http.Response.Headers.ContentLanguage = known;
        Preferences.Remember(http, Preferences.LanguageCookie, known);
    }

    private static ValueTask<object?> AddPrivacyHeaders(
        EndpointFilterInvocationContext context,
        EndpointFilterDelegate next
    )
    {
        var headers = context.HttpContext.Response.Headers;
        headers["X-Robots-Tag"] = "noindex, nofollow";
        // The address of the page holds the secret that opens it.
        headers["Referrer-Policy"] = "no-referrer";
        return next(context);
    }

    private static bool IsSound(string? text) =>
        text is { Length: > 0 and <= InputMaxLength } && !PlainText.HasForbidden(text);

    private static bool Matches(string? reference, byte[] typed) =>
        CryptographicOperations.FixedTimeEquals(Hash(reference), typed) && Same(reference).Length > 0;

    private static byte[] Hash(string? text) => SHA256.HashData(Encoding.UTF8.GetBytes(Same(text)));

    /// <summary>
    /// What references have in common however people write them: letters and digits, without dashes, strokes and
    /// blanks; of the order as it was typed and the one that begins at the end, the smaller. Who types an Arabic
    /// reference as it stands on the label, from left to right, begins at its end.
    /// </summary>
    private static string Same(string? reference)
    {
        var folded = ArabicText.Fold(reference);
        var runs = new List<string>();
        var isOpen = false;
        foreach (var c in folded)
        {
            if (!char.IsLetterOrDigit(c))
            {
                // Digits and Latin letters keep their order whatever stands between them.
                isOpen = isOpen && !IsArabic(runs[^1][0]);
                continue;
            }

            if (isOpen && IsArabic(runs[^1][0]) == IsArabic(c))
                runs[^1] += c;
            else
                runs.Add(c.ToString());
            isOpen = true;
        }

        if (runs.Count == 0)
            return folded;
        var (forth, back) = (string.Concat(runs), string.Concat(Enumerable.Reverse(runs)));
        return runs.Any(r => IsArabic(r[0])) && string.CompareOrdinal(back, forth) < 0 ? back : forth;
    }

    private static bool IsArabic(char letter) => letter is >= '\u0620' and <= '\u06ff';

    [GeneratedRegex(
        "^trx(?<year>[0-9]{4})(?<number>[0-9]{1,9})$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        200
    )]
    private static partial Regex Number();
}
