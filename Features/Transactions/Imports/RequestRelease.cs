using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>
/// From checked to waiting: an editor asks the admins to let rows in that make clients or carry statuses which the
/// editor could not set.
/// </summary>
public sealed class RequestRelease(AppDb db, CurrentUser user, TimeProvider clock)
{
    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapPost("/{id:int}/request", Submit);
        api.MapPost("/{id:int}/request", Json)
            .WithName("requestImportRelease")
            .WithSummary("Ask the admins to release rows that only they may bring")
            .Produces<ShowImport.Answer>()
            .ProducesProblem(404)
            .ProducesProblem(409);
    }

    public async Task<Result<int>> Handle(int id, string? existing, CancellationToken stop)
    {
        if (!StartImport.TryExisting(existing, out var chosen))
            return Problem.NotAllowed("existing", existing!, StartImport.ExistingKeys);
        var isChosen = !string.IsNullOrEmpty(existing);
        var run = await db.Imports.AsNoTracking().VisibleTo(user).SingleOrDefaultAsync(i => i.Id == id, stop);
        if (run is null)
            return Problem.NotFound();
        var rows = run.ReadPreview().ForRelease;
        if (run.Status == ImportStatus.Checked && rows == 0)
            return Problem.Conflict("import.nothing_to_release");
        var now = clock.Instant();
        await using var write = await db.BeginWrite(stop);
        var changed = await db
            .Imports.Where(i => i.Id == id && i.Status == ImportStatus.Checked)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(i => i.Status, ImportStatus.Waiting)
                        .SetProperty(i => i.Existing, i => isChosen ? chosen : i.Existing)
                        .SetProperty(i => i.Refusal, (string?)null),
                stop
            );
        if (changed == 0)
            return Problem.Conflict("import.not_waiting");
        await WaitingImports.Ask(db, user, id, rows, existing, now, stop);
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return id;
    }

    private static async Task<IResult> Submit(
        int id,
        [FromForm] string? existing,
        RequestRelease useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        if ((await useCase.Handle(id, existing, stop)).Problem is { } problem)
            return http.HtmlProblem(problem);
        http.Toast(Words.T["import.release_requested"]);
        return http.SeeOther(TransactionRoutes.Import(id));
    }

    private static async Task<IResult> Json(
        int id,
        string? existing,
        RequestRelease useCase,
        ShowImport show,
        CancellationToken stop
    )
    {
        if ((await useCase.Handle(id, existing, stop)).Problem is { } problem)
            return ProblemResults.Json(problem);
        return (await show.Answered(id, stop)).Match<IResult>(TypedResults.Ok, ProblemResults.Json);
    }
}
