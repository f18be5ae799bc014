using System.Text.Json.Serialization;
using MdcTts.Features.Transactions.Showing;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;

namespace MdcTts.Features.Transactions.DueDates;

/// <summary>Moves the due date and nothing else.</summary>
public sealed class SetDueDate(AppDb db, CurrentUser user, TimeProvider clock)
{
    public sealed class Command
    {
        /// <summary>In either calendar; empty for none.</summary>
        public string? DueDate { get; set; }
        public string? Version { get; set; }
    }

    /// <summary>The body as the API takes it.</summary>
    public sealed record Body([property: JsonRequired] string? DueDate);

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapPost("/{number}/due", Submit).RequireAuthorization(Policies.Staff);
        api.MapPost("/{number}/due", Json)
            .RequireAuthorization(Policies.Staff)
            .WithSummary("Move the due date or, with null, remove it")
            .WithExample("""{"dueDate":"2026-12-01"}""");
    }

    public async Task<Result<Transaction>> Handle(string number, string? due, int? version, CancellationToken stop)
    {
        var found = await db.Transactions.WithFormFields().FindOne(number, user, version, stop);
        if (!found.Ok(out var transaction, out var problem))
            return problem;
        var (date, flaw) = FieldRules.Date(due);
        var errors = new FieldErrors();
        errors.AddFlaw("dueDate", flaw);
        if (errors.Any)
            return Problem.Invalid(errors);
        var fields = TransactionFields.Of(transaction) with { DueDate = date };
        if (transaction.Edit(fields, user, clock.Instant()) is not { } change)
            return transaction;
        db.Record(change);
        return await db.Save(transaction, stop);
    }

    private static async Task<IResult> Submit(
        string number,
        [FromForm] Command? command,
        SetDueDate useCase,
        ShowTransaction show,
        HttpContext http,
        CancellationToken stop
    )
    {
        command ??= new();
        var version = int.TryParse(command.Version, out var v) ? v : (int?)null;
        // No date is an empty field, not one left out.
        var result = command.DueDate is null
            ? Problem.Invalid("dueDate", "error.required")
            : await useCase.Handle(number, command.DueDate, version, stop);
        if (!result.Ok(out var saved, out var problem))
            return await show.ShowAgain(number, "due", problem, http, stop);
        http.Toast(
            saved.DueDate is { } due
                ? Words.T["show.due_set", Dates.Format(due, Words.T.Language)]
                : Words.T["show.due_removed"]
        );
        return http.SeeOther(TransactionRoutes.One(number));
    }

    private static async Task<IResult> Json(
        string number,
        Body body,
        SetDueDate useCase,
        TransactionAnswers answers,
        HttpContext http,
        CancellationToken stop
    ) => await answers.For(await useCase.Handle(number, body.DueDate, http.IfMatch(), stop), http, stop);
}
