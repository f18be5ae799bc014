using System.Runtime.CompilerServices;
using System.Text.Json;
using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Exports;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace MdcTts.Features.Transactions.Exports;

/// <summary>Every row of a list, as the filter shows it, as a file that is written while it is sent.</summary>
public sealed class ExportTransactions(
    AppDb db,
    CurrentUser user,
    CatalogueCache catalogues,
    TrackingLinks links,
    ListPrinter printer,
    TimeProvider clock
)
{
    public const int NumbersMax = 500;

    private static readonly string[] Formats = ["xlsx", "csv", "json", "pdf"];
    private static readonly string[] Names = [.. TransactionQuery.Names, "columns", "numbers"];

    /// <summary>How a list becomes a file.</summary>
    /// <param name="Format"><c>xlsx</c>, <c>csv</c>, <c>json</c> or <c>pdf</c>.</param>
    /// <param name="Columns">
    /// <c>shown</c>: those of the list on the screen; <c>all</c>: each that the reader may have. Unsaid, a PDF has
    /// those shown and everything else has all.
    /// </param>
    /// <param name="Numbers">Only these transactions; none: all of the list.</param>
    public sealed record Wish(string? Format, string? Columns, string[]? Numbers);

    /// <summary>The same from the rows that somebody chose in the list.</summary>
    public sealed class Chosen
    {
        public string? Format { get; set; }
        public string? Columns { get; set; }
        public string[]? Numbers { get; set; }

        /// <summary><c>1</c>: not the numbers but all of <see cref="List"/>.</summary>
        public string? All { get; set; }

        /// <summary>The filters of the list they were chosen in, as its address has them.</summary>
        public string? List { get; set; }
    }

    /// <summary>What is to be sent, before anything of it was read but the ids.</summary>
    public sealed record View(
        string Format,
        bool OnlyShown,
        TransactionFilter Filter,
        IReadOnlyList<int> Ids,
        CatalogueEntries Catalogue,
        DateOnly Today
    );

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        // Chosen rows are posted: their numbers may be too long for an address.
        pages
            .MapPost("/export", SendChosen)
            .RequireAuthorization(Policies.SignedIn)
            .Limited(RateLimits.Bulk)
            .TakesLong();
        foreach (var face in new[] { pages, api })
        {
            face.MapGet("/export", Send)
                .RequireAuthorization(Policies.SignedIn)
                .Limited(RateLimits.Bulk)
                .TakesLong()
                .WithSummary(
                    "All transactions of a filtered list, or those of given numbers, as xlsx, csv, json or pdf"
                )
                .WithDescription(
                    "`columns=shown` has the columns of the list on the screen, `columns=all` all; "
                        + "`numbers` (repeated) takes only these transactions."
                )
                .Produces(StatusCodes.Status200OK)
                .ProducesProblem(StatusCodes.Status400BadRequest);
        }
    }

    public async Task<Result<View>> Handle(Wish wish, TransactionQuery query, CancellationToken stop)
    {
        if (!Formats.Contains(wish.Format))
            return Problem.NotAllowed("format", wish.Format ?? "", Formats);
        string[] columns = wish.Format switch
        {
            "json" => ["all"],
            "pdf" => ["shown"],
            _ => ["all", "shown"],
        };
        if (!string.IsNullOrEmpty(wish.Columns) && !columns.Contains(wish.Columns))
            return Problem.NotAllowed("columns", wish.Columns, columns);
        var numbers = (wish.Numbers ?? []).Distinct(StringComparer.Ordinal).ToList();
        if (numbers.Count > NumbersMax)
            return Problem.Invalid("numbers", "export.numbers", NumbersMax);
        var catalogue = await catalogues.Get(stop);
        if (!TransactionFilter.From(query, catalogue).Ok(out var filter, out var problem))
            return problem;

        // The ids first: whatever changes while the file is under way, no row comes twice and none is skipped.
        var today = clock.Today();
        var matching = filter.Apply(db.Transactions.VisibleTo(user), db, user, today);
        if (numbers.Count > 0)
            matching = matching.Where(t => EF.Parameter(numbers).Contains(t.Number));
        var found = await filter.Order(matching, user).Select(t => new { t.Id, t.Number }).ToListAsync(stop);
        var missing = numbers.Except(found.Select(t => t.Number), StringComparer.Ordinal).ToList();
        if (missing.Count > 0)
            return Problem.Invalid("numbers", "export.missing", string.Join(Words.T["list.comma"], missing));
        if (wish.Format == "pdf" && found.Count > ListPrinter.RowsMax)
            return Problem.Invalid("format", "export.too_long", ListPrinter.RowsMax, found.Count);
        var ids = found.ConvertAll(t => t.Id);
        return new View(wish.Format!, wish.Columns == "shown", filter, ids, catalogue, today);
    }

    private static async Task<IResult> Send(
        [AsParameters] TransactionQuery query,
        [AsParameters] Wish wish,
        IOptions<JsonOptions> json,
        ILogger<View> log,
        ExportTransactions useCase,
        HttpContext http
    )
    {
        if (http.IsApi() && http.Request.Query.Keys.FirstOrDefault(k => !Names.Contains(k)) is { } unknown)
            return http.Problem(Problem.NotAllowed("parameter", unknown, Names));
        return await useCase.Answer(wish, query, json.Value.SerializerOptions, log, http);
    }

    private static async Task<IResult> SendChosen(
        string? sort,
        [FromForm] Chosen? chosen,
        IOptions<JsonOptions> json,
        ILogger<View> log,
        ExportTransactions useCase,
        HttpContext http
    ) =>
        chosen?.All == "1"
            ? await useCase.Answer(
                new(chosen.Format, chosen.Columns, Numbers: null),
                TransactionQuery.Parse($"{chosen.List}{(chosen.List?.Length > 0 ? "&" : "?")}sort={sort}"),
                json.Value.SerializerOptions,
                log,
                http
            )
        : chosen?.Numbers is not [_, ..] numbers
            ? http.Problem(Problem.Invalid("numbers", "export.numbers", NumbersMax))
        : await useCase.Answer(
            new(chosen.Format, chosen.Columns, numbers),
            new() { Sort = sort },
            json.Value.SerializerOptions,
            log,
            http
        );

    private async Task<IResult> Answer(
        Wish wish,
        TransactionQuery query,
        JsonSerializerOptions json,
        ILogger log,
        HttpContext http
    )
    {
        var stop = http.RequestAborted;
        if (!(await Handle(wish, query, stop)).Ok(out var view, out var problem))
            return http.Problem(problem);
        if (view.Format != "pdf")
            return FileOf(view, http => Write(view, http, json), log);

        // Printed before the answer begins: what cannot be printed is said, and is not a broken file.
        var rows = new List<TransactionFacts>();
        await foreach (var row in ExportedRows.Read(view.Ids, db, user, stop))
            rows.Add(row);
        if (
            !(await printer.Print(rows, view.Filter, view.Catalogue, Brand.Of(http), stop)).Ok(out var pdf, out problem)
        )
            return http.Problem(problem);
        return FileOf(view, http => WritePrinted(view, rows.Count, pdf, http), log);
    }

    private static Download FileOf(View view, Func<HttpContext, Task> write, ILogger log) =>
        new(Words.T["export.file"], view.Today, view.Format, write, log);

    private async Task WritePrinted(View view, int rows, byte[] pdf, HttpContext http)
    {
        await Note(view, rows, isComplete: true);
        await http.Response.Body.WriteAsync(pdf, http.RequestAborted);
    }

    private async Task Write(View view, HttpContext http, JsonSerializerOptions json)
    {
        var (to, stop) = (http.Response.Body, http.RequestAborted);
        var rows = Recorded(view, stop);
        switch (view.Format)
        {
            case "xlsx":
                await XlsxExport.Write(
                    to,
                    Words.T["export.sheet"],
                    Words.T.IsArabic,
                    ExportColumns.For(user, view.Catalogue, view.OnlyShown),
                    rows,
                    stop
                );
                break;
            case "csv":
                await CsvExport.Write(to, ExportColumns.For(user, view.Catalogue, view.OnlyShown), rows, stop);
                break;
            default:
                await JsonExport.Write(
                    to,
                    facts => TransactionJson.From(facts, view.Catalogue, user, links, view.Today),
                    json,
                    rows,
                    stop
                );
                break;
        }
    }

    /// <summary>
    /// The rows; at their end, or when somebody hangs up halfway, the audit log learns how many left the house. If it
    /// cannot, the file breaks off.
    /// </summary>
    private async IAsyncEnumerable<TransactionFacts> Recorded(
        View view,
        [EnumeratorCancellation] CancellationToken stop
    )
    {
        var (sent, isComplete) = (0, false);
        try
        {
            await foreach (var row in ExportedRows.Read(view.Ids, db, user, stop))
            {
                sent++;
                yield return row;
            }

            isComplete = true;
        }
        finally
        {
            await Note(view, sent, isComplete);
        }
    }

    private async Task Note(View view, int sent, bool isComplete)
    {
        db.Audit.Add(
            AuditLog.Export(
                user,
                "transactions.exported",
                "transaction",
                clock.Instant(),
                view.Format,
                view.Filter.ToQueryString(paging: false),
                sent,
                isComplete
            )
        );
        await db.SaveChangesAsync(CancellationToken.None);
    }
}
