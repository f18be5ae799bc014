using System.Globalization;
using System.Runtime.CompilerServices;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Exports;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Audit.Listing;

/// <summary>
/// Sends the filtered entries as a file, oldest first, and writes it while sending. The export is an entry of the log
/// itself.
/// </summary>
public sealed class ExportAudit(AppDb db, CurrentUser user, TimeProvider clock)
{
    private const int Batch = 500;

    private static readonly string[] Formats = ["xlsx", "csv"];

    /// <param name="Newest">Entries made after this one are not in it.</param>
    public sealed record View(string Format, AuditFilter Filter, long Newest, DateOnly Today);

    public static void Map(RouteGroupBuilder pages) =>
        pages
            .MapGet("/export", Send)
            .RequireAuthorization(Policies.Admin)
            .RequiresProof()
            .Limited(RateLimits.Bulk)
            .TakesLong();

    public async Task<Result<View>> Handle(string? format, AuditQuery query, CancellationToken stop)
    {
        if (!Formats.Contains(format))
            return Problem.NotAllowed("format", format ?? "", Formats);
        if (!AuditFilter.Read(query, clock.Today()).Ok(out var filter, out var problem))
            return problem;
        var newest = await db.Audit.MaxAsync(e => (long?)e.Id, stop) ?? 0;
        return new View(format!, filter, newest, clock.Today());
    }

    private static async Task<IResult> Send(
        [AsParameters] AuditQuery query,
        string? format,
        ExportAudit useCase,
        ILogger<View> log,
        HttpContext http,
        CancellationToken stop
    ) =>
        (await useCase.Handle(format, query, stop)).Match(
            view => new Download(
                Words.T["audit.file"],
                view.Today,
                view.Format,
                http => useCase.Write(view, http.Response.Body, http.RequestAborted),
                log
            ),
            http.Problem
        );

    private Task Write(View view, Stream to, CancellationToken stop)
    {
        var rows = Recorded(view, stop);
        return view.Format == "xlsx"
            ? XlsxExport.Write(to, Words.T["audit.title"], Words.T.IsArabic, Columns(), rows, stop)
            : CsvExport.Write(to, Columns(), rows, stop);
    }

    private async IAsyncEnumerable<AuditRow> Recorded(View view, [EnumeratorCancellation] CancellationToken stop)
    {
        var sent = 0;
        var isComplete = false;
        try
        {
            // In batches: with one open result, a slow reader would hold a read transaction for minutes.
            for (var last = 0L; ; )
            {
                var rows = await view
                    .Filter.Apply(db)
                    .Where(e => e.Id > last && e.Id <= view.Newest)
                    .OrderBy(e => e.Id)
                    .Take(Batch)
                    .AsRows(db)
                    .ToListAsync(stop);
                foreach (var row in rows)
                {
                    sent++;
                    yield return row;
                }

                if (rows.Count < Batch)
                    break;
                last = rows[^1].Id;
            }

            isComplete = true;
        }
        finally
        {
            db.Audit.Add(
                AuditLog.Export(
                    user,
                    "audit.exported",
                    "audit",
                    clock.Instant(),
                    view.Format,
                    view.Filter.Query(paging: false),
                    sent,
                    isComplete
                )
            );
            await db.SaveChangesAsync(CancellationToken.None);
        }
    }

    private static List<ExportColumn<AuditRow>> Columns()
    {
        var words = Words.T;
        return
        [
            new(words["audit.col.id"], 10, r => new(Number: r.Id)),
            new(words["audit.col.at"], 17, r => new(RiyadhTime: Clock.RiyadhTime(r.At))),
            new(
                words["audit.col.at_utc"],
                26,
                r => new(r.At.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture))
            ),
            new(words["audit.col.who"], 26, r => new(r.ActorName)),
            new(words["audit.col.what"], 30, r => new(AuditKinds.NameOf(r.Action))),
            new(words["audit.col.kind"], 28, r => new(r.Action)),
            new(words["audit.col.entity"], 14, r => new(AuditKinds.EntityName(r.EntityType))),
            new(words["audit.col.key"], 18, r => new(r.EntityKey)),
            new(words["audit.col.data"], 60, r => new(r.Data)),
            new(words["audit.col.about"], 40, r => new(r.About?.GetRawText())),
            new(words["audit.col.address"], 18, r => new(r.Address)),
            new(words["audit.col.agent"], 40, r => new(r.Agent)),
            new(words["audit.col.session"], 34, r => new(r.SessionId?.ToString("N"))),
            new(words["audit.col.request"], 34, r => new(r.RequestId)),
            new(words["audit.col.seal"], 10, r => new(Number: r.Sequence == 0 ? null : r.Sequence)),
        ];
    }
}
