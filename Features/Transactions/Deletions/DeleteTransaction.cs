using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;

namespace MdcTts.Features.Transactions.Deletions;

/// <summary>
/// Hiding a transaction, with a reason. Never a completed one; nothing is lost, an admin restores it.
/// </summary>
public sealed class DeleteTransaction(AppDb db, CurrentUser user, TimeProvider clock)
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

    /// <param name="version">What was looked at; null for whatever is there.</param>
    public async Task<Result<Transaction>> Handle(
        string number,
        string? reason,
        CancellationToken stop,
        int? version = null
    )
    {
        if (!(await Find(number, stop, version)).Ok(out var transaction, out var problem))
            return problem;
        var hasForbidden = PlainText.HasForbidden(reason);
        var why = hasForbidden ? null : PlainText.Trimmed(reason);
        var errors = new FieldErrors()
            .AddIf(hasForbidden, "reason", "error.forbidden_characters")
            .AddIf(why is null && !hasForbidden, "reason", "error.required")
            .AddIf(why?.Length > Transaction.ReasonMaxLength, "reason", "error.too_long", Transaction.ReasonMaxLength);
        if (errors.Any)
            return Problem.Invalid(errors);

        db.Record(transaction.Delete(why!, user, clock.Instant()));
        return await db.Save(transaction, stop);
    }

    /// <summary>One that may be deleted: what was finished stays.</summary>
    private async Task<Result<Transaction>> Find(string number, CancellationToken stop, int? version = null)
    {
        var found = await db.Transactions.FindOne(number, user, version, stop);
        return found.Ok(out var transaction, out _) && transaction.Meaning == Meaning.Done
            ? Problem.Conflict("delete.completed")
            : found;
    }

    private static async Task<IResult> Form(
        string number,
        DeleteTransaction useCase,
        HttpContext http,
        CancellationToken stop
    ) =>
        (await useCase.Find(number, stop)).Match<IResult>(
            t => DeletePage.Create(new(t.Number, t.ReferenceNumber, t.Title, Reason: null, Errors: null)),
            http.HtmlProblem
        );

    private static async Task<IResult> Submit(
        string number,
        [FromForm] Command? command,
        DeleteTransaction useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        var result = await useCase.Handle(number, command?.Reason, stop);
        if (result.Ok(out var gone, out var problem))
        {
            http.Toast(Words.T["delete.done", gone.Number]);
            return http.SeeOther(TransactionRoutes.Root);
        }

        if (problem.Fields is null || !(await useCase.Find(number, stop)).Ok(out var t, out _))
            return http.HtmlProblem(problem);
        return DeletePage
            .Create(new(t.Number, t.ReferenceNumber, t.Title, command?.Reason, problem.Fields))
            .Status(ProblemResults.StatusOf(problem.Kind));
    }

    private static async Task<IResult> Json(
        string number,
        [FromBody] Command command,
        DeleteTransaction useCase,
        CancellationToken stop
    ) => (await useCase.Handle(number, command.Reason, stop)).Match(_ => Results.NoContent(), ProblemResults.Json);
}
