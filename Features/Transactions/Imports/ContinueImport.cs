using System.Globalization;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Jobs;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>From checked to writing.</summary>
public sealed class ContinueImport(AppDb db, CurrentUser user, TimeProvider clock)
{
    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapPost("/{id:int}/run", Submit);
        api.MapPost("/{id:int}/run", Json)
            .WithName("runImport")
            .WithSummary("Go on from checked: write the good rows")
            .Produces<ShowImport.Answer>(StatusCodes.Status202Accepted)
            .ProducesProblem(404)
            .ProducesProblem(409);
    }

    public async Task<Result<int>> Handle(int id, string? existing, CancellationToken stop)
    {
        if (!StartImport.TryExisting(existing, out var chosen))
            return Problem.NotAllowed("existing", existing!, StartImport.ExistingKeys);
        var isChosen = !string.IsNullOrEmpty(existing);
        if (!await db.Imports.VisibleTo(user).AnyAsync(i => i.Id == id, stop))
            return Problem.NotFound();
        var isAdmin = user.IsAdmin;
        await using var write = await db.BeginWrite(stop);
        var changed = await db
            .Imports.Where(i => i.Id == id && i.Status == ImportStatus.Checked)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(i => i.Status, ImportStatus.Running)
                        .SetProperty(i => i.Existing, i => isChosen ? chosen : i.Existing)
                        .SetProperty(i => i.Found, 0)
                        .SetProperty(i => i.RunsWhenChecked, true)
                        .SetProperty(i => i.SetsAnyStatus, i => i.SetsAnyStatus || isAdmin)
                        .SetProperty(i => i.Processed, 0)
                        .SetProperty(i => i.Cursor, 0)
                        .SetProperty(i => i.Attempts, 0),
                stop
            );
        if (changed == 0)
            return Problem.Conflict("import.not_waiting");
        db.Audit.Add(
            AuditLog.By(
                user,
                "import.run",
                "import",
                id.ToString(CultureInfo.InvariantCulture),
                clock.Instant(),
                new { existing }
            )
        );
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return id;
    }

    private static async Task<IResult> Submit(
        int id,
        [FromForm] string? existing,
        Jobs jobs,
        ContinueImport useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        if ((await useCase.Handle(id, existing, stop)).Problem is { } problem)
            return http.HtmlProblem(problem);
        jobs.Enqueue<ImportJob>(id);
        return http.SeeOther(TransactionRoutes.Import(id));
    }

    private static async Task<IResult> Json(
        int id,
        string? existing,
        Jobs jobs,
        ContinueImport useCase,
        ShowImport show,
        CancellationToken stop
    )
    {
        if ((await useCase.Handle(id, existing, stop)).Problem is { } problem)
            return ProblemResults.Json(problem);
        jobs.Enqueue<ImportJob>(id);
        return await show.Accepted(id, stop);
    }
}
