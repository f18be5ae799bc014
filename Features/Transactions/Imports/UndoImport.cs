using System.Globalization;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>
/// Takes a batch back out of the register: its transactions that nobody touched since are removed, the others stay and
/// are listed. Their numbers are not given again.
/// </summary>
public sealed class UndoImport(AppDb db, CurrentUser user, TimeProvider clock)
{
    /// <summary>How many stay because they were edited.</summary>
    public sealed record Outcome(int Removed, int Kept);

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapPost("/{id:int}/undo", Submit);
        api.MapDelete("/{id:int}", Json)
            .WithName("undoImport")
            .WithSummary("Undo a batch: rows edited since are kept and listed")
            .Produces<ShowImport.Answer>()
            .ProducesProblem(404)
            .ProducesProblem(409);
    }

    public async Task<Result<Outcome>> Handle(int id, CancellationToken stop)
    {
        if (!await db.Imports.VisibleTo(user).AnyAsync(i => i.Id == id, stop))
            return Problem.NotFound();
        var now = clock.Instant();
        await using var write = await db.BeginWrite(stop);
        var changed = await db
            .Imports.Where(i =>
                i.Id == id
                && (
                    i.Status == ImportStatus.Checked
                    || i.Status == ImportStatus.Completed
                    || i.Status == ImportStatus.Failed
                )
            )
            .ExecuteUpdateAsync(
                set => set.SetProperty(i => i.Status, ImportStatus.Undone).SetProperty(i => i.FinishedAt, now),
                stop
            );
        if (changed == 0)
        {
            var isUndone = await db.Imports.AnyAsync(i => i.Id == id && i.Status == ImportStatus.Undone, stop);
            return Problem.Conflict(isUndone ? "import.already_undone" : "import.still_running");
        }

        var removed = await db
            .Transactions.Where(t => t.ImportId == id && t.Version == 1 && t.History.Count == 1)
            .ExecuteDeleteAsync(stop);
        var kept = await db.Transactions.CountAsync(t => t.ImportId == id, stop);
        db.Audit.Add(
            AuditLog.By(
                user,
                "import.undone",
                "import",
                id.ToString(CultureInfo.InvariantCulture),
                now,
                new { removed, kept }
            )
        );
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return new Outcome(removed, kept);
    }

    private static async Task<IResult> Submit(int id, UndoImport useCase, HttpContext http, CancellationToken stop)
    {
        if (!(await useCase.Handle(id, stop)).Ok(out var outcome, out var problem))
            return http.HtmlProblem(problem);
        http.Toast(Words.T.Count("import.removed", outcome.Removed));
        return http.SeeOther(TransactionRoutes.Import(id));
    }

    private static async Task<IResult> Json(int id, UndoImport useCase, ShowImport show, CancellationToken stop)
    {
        if ((await useCase.Handle(id, stop)).Problem is { } problem)
            return ProblemResults.Json(problem);
        return (await show.Answered(id, stop)).Match<IResult>(TypedResults.Ok, ProblemResults.Json);
    }
}
