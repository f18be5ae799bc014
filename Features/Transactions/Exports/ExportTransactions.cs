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
using Microsoft.AspNetCore.Http.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace MdcTts.Features.Transactions.Exports;

/// <summary>Every row of a list, as the filter shows it, as a file that is written while it is sent.</summary>
public sealed class ExportTransactions(
    AppDb db,
    CurrentUser user,
    CatalogueCache catalogues,
    TrackingLinks links,
    TimeProvider clock
)
{
    private static readonly string[] Formats = ["xlsx", "csv", "json"];

    /// <summary>What is to be sent, before anything of it was read but the ids.</summary>
    public sealed record View(
        string Format,
        TransactionFilter Filter,
        IReadOnlyList<int> Ids,
        CatalogueEntries Catalogue,
        DateOnly Today
    );

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        foreach (var face in new[] { pages, api })
        {
            face.MapGet("/export", Send)
                .RequireAuthorization(Policies.SignedIn)
                .Limited(RateLimits.Bulk)
                .TakesLong()
                .WithSummary("All transactions of a filtered list as xlsx, csv or json")
                .Produces(StatusCodes.Status200OK)
                .ProducesProblem(StatusCodes.Status400BadRequest);
        }
    }

    public async Task<Result<View>> Handle(string? format, TransactionQuery query, CancellationToken stop)
    {
        if (!Formats.Contains(format))
            return Problem.NotAllowed("format", format ?? "", Formats);
        var catalogue = await catalogues.Get(stop);
        if (!TransactionFilter.From(query, catalogue).Ok(out var filter, out var problem))
            return problem;

        // The ids first: whatever changes while the file is under way, no row comes twice and none is skipped.
        var today = clock.Today();
        var ids = await filter
            .Order(filter.Apply(db.Transactions.VisibleTo(user), db, user, today), user)
            .Select(t => t.Id)
            .ToListAsync(stop);
        return new View(format!, filter, ids, catalogue, today);
    }

    private static async Task<IResult> Send(
        [AsParameters] TransactionQuery query,
        string? format,
        IOptions<JsonOptions> json,
        ILogger<View> log,
        ExportTransactions useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (
            http.IsApi()
            && http.Request.Query.Keys.FirstOrDefault(k => !TransactionQuery.Names.Contains(k)) is { } unknown
        )
            return http.Problem(Problem.NotAllowed("parameter", unknown, TransactionQuery.Names));
        return (await useCase.Handle(format, query, stop)).Match(
            view => new Download(
                Words.T["export.file"],
                view.Today,
                view.Format,
                http => useCase.Write(view, http, json.Value.SerializerOptions),
                log
            ),
            http.Problem
        );
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
                    ExportColumns.For(user, view.Catalogue),
                    rows,
                    stop
                );
                break;
            case "csv":
                await CsvExport.Write(to, ExportColumns.For(user, view.Catalogue), rows, stop);
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
}
