using System.Globalization;
using System.Runtime.CompilerServices;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Exports;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Audit.Listing;

/// <summary>The filtered entries as a file, oldest first, written while it is sent; that somebody took them is an entry itself.</summary>
public static class ExportAudit
{
    private const int Batch = 500;

    private static readonly string[] Formats = ["xlsx", "csv"];

    /// <param name="Newest">Entries made after this one are not in it.</param>
    public sealed record View(string Format, AuditFilter Filter, long Newest, DateOnly Today);

    public static void Map(RouteGroupBuilder pages) =>
        pages.MapGet("/export", Send).RequireAuthorization(Policies.Admin).Limited(RateLimits.Bulk).TakesLong();

    public static async Task<Result<View>> Handle(
        string? format,
        AuditQuery query,
        AppDb db,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        if (!Formats.Contains(format))
            return Problem.NotAllowed("format", format ?? "", Formats);
        if (!AuditFilter.Read(query).Ok(out var filter, out var problem))
            return problem;
        return new View(format!, filter, await db.Audit.MaxAsync(e => (long?)e.Id, stop) ?? 0, clock.Today());
    }

    private static async Task<IResult> Send(
        [AsParameters] AuditQuery query,
        string? format,
        AppDb db,
        CurrentUser user,
        TimeProvider clock,
        ILogger<View> log,
        HttpContext http,
        CancellationToken stop
    ) =>
        (await Handle(format, query, db, clock, stop)).Match(
            view => new Download(
                Words.T["audit.file"],
                view.Today,
                view.Format,
                http => Write(view, http, db, user, clock),
                log
            ),
            http.Problem
        );

    private static Task Write(View view, HttpContext http, AppDb db, CurrentUser user, TimeProvider clock)
    {
        var (to, stop) = (http.Response.Body, http.RequestAborted);
        var rows = Recorded(view, db, user, clock, stop);
        return view.Format == "xlsx"
            ? XlsxExport.Write(to, Words.T["audit.title"], Words.T.IsArabic, Columns(), rows, stop)
            : CsvExport.Write(to, Columns(), rows, stop);
    }

    private static async IAsyncEnumerable<AuditRow> Recorded(
        View view,
        AppDb db,
        CurrentUser user,
        TimeProvider clock,
        [EnumeratorCancellation] CancellationToken stop
    )
    {
        var (sent, isComplete) = (0, false);
        try
        {
            // In batches and not as one open result: a slow reader would hold a read transaction for minutes.
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
                AuditLog.By(
                    user,
                    "audit.exported",
                    "audit",
                    "list",
                    clock.Instant(),
                    new
                    {
                        format = view.Format,
                        filter = view.Filter.Query(paging: false),
                        rows = sent,
                        complete = isComplete,
                    }
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
