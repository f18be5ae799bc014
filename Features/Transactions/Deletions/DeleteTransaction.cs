using MdcTts.Features.Audit;
using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Deletions;

/// <summary>Hiding a transaction, with a reason. Never a completed one; nothing is lost, an admin restores it.</summary>
public static class DeleteTransaction
{
    public sealed class Command
    {
        public string? Reason { get; set; }
    }

    public sealed record View(string Number, string? Reference, string Title, string? Reason, FieldErrors? Errors);

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapGet("/{number}/delete", Form).RequireAuthorization(Policies.Admin);
        pages.MapPost("/{number}/delete", Submit).RequireAuthorization(Policies.Admin);
        api.MapDelete("/{number}", Json)
            .RequireAuthorization(Policies.Admin)
            .WithSummary("Delete (an admin can restore it)");
    }

    public static async Task<Result<Transaction>> Handle(
        string number,
        string? reason,
        AppDb db,
        CurrentUser user,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        var transaction = await Find(number, db, user, stop);
        if (transaction is null)
            return Problem.NotFound();
        if (transaction.Meaning == Meaning.Done)
            return Problem.Conflict("delete.completed");
        var why = PlainText.HasForbidden(reason) ? null : PlainText.Trimmed(reason);
        var errors = new FieldErrors()
            .AddIf(PlainText.HasForbidden(reason), "reason", "error.forbidden_characters")
            .AddIf(why is null && !PlainText.HasForbidden(reason), "reason", "error.required")
            .AddIf(why?.Length > Transaction.ReasonMaxLength, "reason", "error.too_long", Transaction.ReasonMaxLength);
        if (errors.Any)
            return Problem.Invalid(errors);

        var now = clock.Instant();
        transaction.Delete(why!, user.Id, now);
        db.Audit.Add(AuditLog.By(user, "transaction.deleted", "transaction", number, now, new { reason = why }));
        return await db.Save(transaction, stop);
    }

    private static async Task<Transaction?> Find(string number, AppDb db, CurrentUser user, CancellationToken stop) =>
        TransactionNumber.IsSane(number)
            ? await db.Transactions.VisibleTo(user).SingleOrDefaultAsync(t => t.Number == number, stop)
            : null;

    private static async Task<IResult> Form(
        string number,
        AppDb db,
        CurrentUser user,
        HttpContext http,
        CancellationToken stop
    ) =>
        await Find(number, db, user, stop) is { } t
            ? t.Meaning == Meaning.Done
                ? http.HtmlProblem(Problem.Conflict("delete.completed"))
                : DeletePage.Create(new(t.Number, t.ReferenceNumber, t.Title, null, null))
            : http.HtmlProblem(Problem.NotFound());

    private static async Task<IResult> Submit(
        string number,
        [FromForm] Command? command,
        AppDb db,
        CurrentUser user,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        command ??= new();
        var result = await Handle(number, command.Reason, db, user, clock, stop);
        if (result.Ok(out var gone, out var problem))
        {
            http.Toast(Words.T["delete.done", gone.Number]);
            return http.SeeOther(TransactionRoutes.Root);
        }

        if (problem.Fields is null)
            return http.HtmlProblem(problem);
        var t = (await Find(number, db, user, stop))!;
        return DeletePage
            .Create(new(t.Number, t.ReferenceNumber, t.Title, command.Reason, problem.Fields))
            .Status(ProblemResults.StatusOf(problem.Kind));
    }

    private static async Task<IResult> Json(
        string number,
        [FromBody] Command command,
        AppDb db,
        CurrentUser user,
        TimeProvider clock,
        CancellationToken stop
    ) =>
        (await Handle(number, command.Reason, db, user, clock, stop)).Match(
            _ => Results.NoContent(),
            ProblemResults.Json
        );
}
