using System.Globalization;
using MdcTts.Features.Outbox;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Jobs;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>
/// An admin lets a waiting import write its rows, or sends it back with a reason: then it is as it was checked. Its
/// editor hears of both.
/// </summary>
public sealed class DecideRelease(AppDb db, CurrentUser user, TimeProvider clock)
{
    public sealed class Command
    {
        public string? Reason { get; set; }
    }

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapPost("/{id:int}/release", SubmitRelease).RequireAuthorization(Policies.Admin);
        pages.MapPost("/{id:int}/refusal", SubmitRefusal).RequireAuthorization(Policies.Admin);
        api.MapPost("/{id:int}/release", ReleaseJson)
            .RequireAuthorization(Policies.Admin)
            .WithName("releaseImport")
            .WithSummary("Release a waiting import: write its rows")
            .Produces<ShowImport.Answer>(StatusCodes.Status202Accepted)
            .ProducesProblem(404)
            .ProducesProblem(409);
        api.MapPost("/{id:int}/refusal", RefusalJson)
            .RequireAuthorization(Policies.Admin)
            .WithName("refuseImport")
            .WithSummary("Send a waiting import back, with a reason")
            .WithExample("""{"reason":"Dar Al Omran is a client already: see Dar Al Umran."}""")
            .Produces<ShowImport.Answer>()
            .ProducesProblem(404)
            .ProducesProblem(409)
            .ProducesProblem(422);
    }

    public async Task<Result<int>> Release(int id, CancellationToken stop)
    {
        await using var write = await db.BeginWrite(stop);
        var changed = await Waiting(id)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(i => i.Status, ImportStatus.Running)
                        .SetProperty(i => i.SetsAnyStatus, true)
                        .SetProperty(i => i.RunsWhenChecked, true)
                        .SetProperty(i => i.Found, 0)
                        .SetProperty(i => i.Processed, 0)
                        .SetProperty(i => i.Cursor, 0)
                        .SetProperty(i => i.Attempts, 0),
                stop
            );
        return changed == 0
            ? await NotWaiting(id, stop)
            : await Tell(id, ImportMails.Released, reason: null, write, stop);
    }

    public async Task<Result<int>> Refuse(int id, string? reason, CancellationToken stop)
    {
        var hasForbidden = PlainText.HasForbidden(reason);
        var why = hasForbidden ? null : PlainText.Trimmed(reason);
        var errors = new FieldErrors()
            .AddIf(hasForbidden, "reason", "error.forbidden_characters")
            .AddIf(why is null && !hasForbidden, "reason", "error.required")
            .AddIf(why?.Length > ImportRun.RefusalMaxLength, "reason", "error.too_long", ImportRun.RefusalMaxLength);
        if (errors.Any)
            return await Waiting(id).AnyAsync(stop) ? Problem.Invalid(errors) : await NotWaiting(id, stop);
        await using var write = await db.BeginWrite(stop);
        var changed = await Waiting(id)
            .ExecuteUpdateAsync(
                set => set.SetProperty(i => i.Status, ImportStatus.Checked).SetProperty(i => i.Refusal, why),
                stop
            );
        return changed == 0 ? await NotWaiting(id, stop) : await Tell(id, ImportMails.Refused, why, write, stop);
    }

    private IQueryable<ImportRun> Waiting(int id) =>
        db.Imports.VisibleTo(user).Where(i => i.Id == id && i.Status == ImportStatus.Waiting);

    private async Task<Problem> NotWaiting(int id, CancellationToken stop) =>
        await db.Imports.VisibleTo(user).AnyAsync(i => i.Id == id, stop)
            ? Problem.Conflict("import.not_waiting")
            : Problem.NotFound();

    private async Task<int> Tell(int id, string mail, string? reason, WriteScope write, CancellationToken stop)
    {
        var now = clock.Instant();
        var key = id.ToString(CultureInfo.InvariantCulture);
        var editor = await db.Imports.Where(i => i.Id == id).Select(i => i.CreatedById).SingleAsync(stop);
        db.Outbox.Add(OutboxMessage.For(editor, mail, now, [key, user.Name, reason]));
        WaitingImports.News.HaveChanged(db, id, user.Id, now);
        db.Audit.Add(AuditLog.By(user, mail, "import", key, now, reason is null ? null : new { reason }));
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return id;
    }

    private static async Task<IResult> SubmitRelease(
        int id,
        Jobs jobs,
        DecideRelease useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        if ((await useCase.Release(id, stop)).Problem is { } problem)
            return http.HtmlProblem(problem);
        jobs.Enqueue<ImportJob>(id);
        return http.SeeOther(TransactionRoutes.Import(id));
    }

    private static async Task<IResult> SubmitRefusal(
        int id,
        [FromForm] Command? command,
        DecideRelease useCase,
        ShowImport show,
        HttpContext http,
        CancellationToken stop
    )
    {
        var result = await useCase.Refuse(id, command?.Reason, stop);
        if (result.Problem is { Kind: ProblemKind.Invalid } invalid)
            return await show.Again(id, invalid, http, stop);
        if (result.Problem is { } problem)
            return http.HtmlProblem(problem);
        http.Toast(Words.T["import.refused_done"]);
        return http.SeeOther(TransactionRoutes.Import(id));
    }

    private static async Task<IResult> ReleaseJson(
        int id,
        Jobs jobs,
        DecideRelease useCase,
        ShowImport show,
        CancellationToken stop
    )
    {
        if ((await useCase.Release(id, stop)).Problem is { } problem)
            return ProblemResults.Json(problem);
        jobs.Enqueue<ImportJob>(id);
        return await show.Accepted(id, stop);
    }

    private static async Task<IResult> RefusalJson(
        int id,
        [FromBody] Command command,
        DecideRelease useCase,
        ShowImport show,
        CancellationToken stop
    )
    {
        if ((await useCase.Refuse(id, command.Reason, stop)).Problem is { } problem)
            return ProblemResults.Json(problem);
        return (await show.Answered(id, stop)).Match<IResult>(TypedResults.Ok, ProblemResults.Json);
    }
}
