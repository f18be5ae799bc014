using System.Globalization;
using MdcTts.Features.Transactions.Imports.Parsing;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>The rejected rows as a workbook with a reason beside each, to be put right and imported again.</summary>
public sealed class DownloadRejected(AppDb db, CurrentUser user, TimeProvider clock)
{
    public const string Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapGet("/{id:int}/rejected.xlsx", Download).Limited(RateLimits.Bulk);
        api.MapGet("/{id:int}/rejected.xlsx", Download)
            .Limited(RateLimits.Bulk)
            .WithName("getRejectedRows")
            .WithSummary("The rejected rows with their reasons, as xlsx")
            .Produces(StatusCodes.Status200OK, contentType: Xlsx)
            .ProducesProblem(404);
    }

    public async Task<Result<Stream>> Handle(int id, CancellationToken stop)
    {
        var run = await db.Imports.AsNoTracking().VisibleTo(user).SingleOrDefaultAsync(i => i.Id == id, stop);
        if (run is null || run.Rejected == 0)
            return Problem.NotFound();
        var rejects = await db
            .ImportRejects.AsNoTracking()
            .Where(r => r.ImportRunId == id)
            .OrderBy(r => r.Row)
            .ToListAsync(stop);
        var headings = run.ReadPreview().Columns.Select(c => c.Heading).ToList();
        var rows = rejects.ConvertAll(r => new RegisterRow(
            r.Row,
            [.. r.ReadCells().Select(text => new RegisterCell(text))]
        ));

        db.Audit.Add(
            AuditLog.By(
                user,
                "import.rejected_downloaded",
                "import",
                id.ToString(CultureInfo.InvariantCulture),
                clock.Instant(),
                new { rows = rows.Count }
            )
        );
        await db.SaveChangesAsync(stop);
        var workbook = new MemoryStream();
        var reasons = rejects.ConvertAll(r => Reason(r.ReadFaults()));
        var mark = RejectedMark.Of(id, run.CreatedAt);
        await RejectedRows.Write(workbook, headings, rows, reasons, Words.T.Language, stop, mark);
        workbook.Position = 0;
        return workbook;
    }

    private static string Reason(IReadOnlyList<ImportFault> faults) =>
        string.Join(
            "; ",
            faults.Select(f =>
                f.Column.Length == 0 ? ShowImport.FaultText(f.Kind) : $"{f.Column}: {ShowImport.FaultText(f.Kind)}"
            )
        );

    private static async Task<IResult> Download(
        int id,
        DownloadRejected useCase,
        HttpContext http,
        CancellationToken stop
    ) =>
        (await useCase.Handle(id, stop)).Match<IResult>(
            file => TypedResults.Stream(file, Xlsx, $"rejected-{id}.xlsx"),
            http.Problem
        );
}
