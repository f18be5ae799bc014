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
    /// <summary>How many are gone, stay because they were edited, and are again as they were before.</summary>
    public sealed record Outcome(int Removed, int Kept, int Reverted);

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
        var ids = await Batch(id, stop);
        var waited = await db.Imports.AnyAsync(i => i.Id == id && i.Status == ImportStatus.Waiting, stop);
        var changed = await db
            .Imports.Where(i =>
                ids.Contains(i.Id)
                && (
                    i.Status == ImportStatus.Checked
                    || i.Status == ImportStatus.Waiting
                    || i.Status == ImportStatus.Completed
                    || i.Status == ImportStatus.Failed
                )
            )
            .ExecuteUpdateAsync(
                set => set.SetProperty(i => i.Status, ImportStatus.Undone).SetProperty(i => i.FinishedAt, now),
                stop
            );
        if (changed < ids.Count)
        {
            var isUndone = await db.Imports.AnyAsync(i => i.Id == id && i.Status == ImportStatus.Undone, stop);
            return Problem.Conflict(isUndone ? "import.already_undone" : "import.still_running");
        }

        if (waited)
            WaitingImports.News.HaveChanged(db, id, user.Id, now);
        var removed = await db
            .Transactions.Where(t => ids.Contains(t.ImportId!.Value) && t.Version == 1 && t.History.Count == 1)
            .ExecuteDeleteAsync(stop);
        var kept = await db.Transactions.CountAsync(t => ids.Contains(t.ImportId!.Value), stop);
        var reverted = await Revert(ids, now, stop);
        db.Audit.Add(
            AuditLog.By(
                user,
                "import.undone",
                "import",
                id.ToString(CultureInfo.InvariantCulture),
                now,
                new
                {
                    removed,
                    kept,
                    reverted,
                }
            )
        );
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return new Outcome(removed, kept, reverted);
    }

    /// <summary>The import, and those that brought its rejected rows again; not yet when it is only checked.</summary>
    private Task<List<int>> Batch(int id, CancellationToken stop) =>
        db
            .Imports.Where(i =>
                i.Id == id
                || (
                    i.ContinuesId == id
                    && i.Status != ImportStatus.Undone
                    && db.Imports.Any(first => first.Id == id && first.FinishedAt != null)
                )
            )
            .Select(i => i.Id)
            .ToListAsync(stop);

    /// <summary>
    /// Gives transactions that the import changed their fields of before, unless somebody has been at them since. What
    /// a later import changed as well goes back with that one.
    /// </summary>
    private async Task<int> Revert(List<int> ids, DateTime now, CancellationToken stop)
    {
        var touched = await db
            .ImportMatches.Where(m => ids.Contains(m.ImportRunId) && m.Before != null)
            .Select(m => m.TransactionId)
            .Distinct()
            .ToListAsync(stop);
        var reverted = 0;
        foreach (var batch in touched.Order().Chunk(RunImport.BatchSize))
        {
            var matches = (
                await db
                    .ImportMatches.Where(m => EF.Parameter(batch).Contains(m.TransactionId) && m.Before != null)
                    .Where(m =>
                        ids.Contains(m.ImportRunId)
                        || db.Imports.Any(i => i.Id == m.ImportRunId && i.Status != ImportStatus.Undone)
                        || m.Version == null
                    )
                    .ToListAsync(stop)
            ).ToLookup(m => m.TransactionId);
            var transactions = await db
                .Transactions.Where(t => EF.Parameter(batch).Contains(t.Id) && t.DeletedAt == null)
                .WithFormFields()
                .ToListAsync(stop);
            var updates = transactions.ConvertAll(t => new ImportUpdates(t, [.. matches[t.Id]], ids));
            var clientIds = updates.Select(u => u.Former?.ClientId).OfType<int>().Distinct().ToList();
            var clients = await db.Clients.Where(c => clientIds.Contains(c.Id)).ToDictionaryAsync(c => c.Id, stop);
            foreach (var update in updates)
            {
                // An undo may have removed the client since.
                if (update.Former is { } former && clients.TryGetValue(former.ClientId, out var client))
                {
                    if (update.Transaction.Edit(former, user, now) is { } change)
                    {
                        update.Transaction.RefreshSearchText(client);
                        db.Record(change);
                        reverted++;
                    }

                    update.TakeBack();
                }

                update.HandOver();
            }

            await db.SaveChangesAsync(stop);
        }

        return reverted;
    }

    private static async Task<IResult> Submit(int id, UndoImport useCase, HttpContext http, CancellationToken stop)
    {
        if (!(await useCase.Handle(id, stop)).Ok(out var outcome, out var problem))
            return http.HtmlProblem(problem);
        http.Toast(
            outcome.Reverted == 0
                ? Words.T.Count("import.removed", outcome.Removed)
                : $"{Words.T.Count("import.removed", outcome.Removed)} "
                    + Words.T.Count("import.reverted", outcome.Reverted)
        );
        return http.SeeOther(TransactionRoutes.Import(id));
    }

    private static async Task<IResult> Json(int id, UndoImport useCase, ShowImport show, CancellationToken stop)
    {
        if ((await useCase.Handle(id, stop)).Problem is { } problem)
            return ProblemResults.Json(problem);
        return (await show.Answered(id, stop)).Match<IResult>(TypedResults.Ok, ProblemResults.Json);
    }
}
