using System.Globalization;
using MdcTts.Features.Accounts;
using MdcTts.Features.Transactions.Showing;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Assignments;

/// <summary>
/// Giving a transaction to an editor, or taking it from one. Editors take to themselves or hand over their own, with a
/// reason; admins as they like.
/// </summary>
public sealed class AssignTransaction(AppDb db, CurrentUser user, TimeProvider clock)
{
    public sealed class Command
    {
        /// <summary>User id; empty for nobody.</summary>
        public string? Assignee { get; set; }
        public string? Reason { get; set; }
        public string? Version { get; set; }

        /// <summary><c>work</c>: go back there.</summary>
        public string? From { get; set; }
    }

    /// <summary>The body as the API takes it.</summary>
    public sealed record Body(
        [property: System.Text.Json.Serialization.JsonRequired] string? Assignee,
        string? Reason = null
    );

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapPost("/{number}/assignee", Submit).RequireAuthorization(Policies.Staff);
        api.MapPost("/{number}/assignee", Json)
            .RequireAuthorization(Policies.Staff)
            .WithSummary("Assign, reassign or, with null, unassign")
            .WithExample("""{"assignee":"4","reason":"On leave from Sunday"}""");
    }

    public async Task<Result<Transaction>> Handle(string number, Command command, int? version, CancellationToken stop)
    {
        var found = await db.Transactions.Include(t => t.Assignee).FindSeen(number, user, version, stop);
        if (!found.Ok(out var transaction, out var problem))
            return problem;
        // Also somebody who may no longer be given any keeps what they have.
        if (transaction.AssigneeId is { } present && Choices.Chosen.Ids(command.Assignee).Contains(present))
            return transaction;
        if (!(await WantedBy(command, stop)).Ok(out var wanted, out problem))
            return problem;
        if (wanted.Person?.Id == transaction.AssigneeId)
            return transaction;
        if (!Check(command, transaction, wanted.Person).Ok(out var asked, out problem))
            return problem;

        db.Record(transaction.Assign(transaction.Assignee, wanted.Person, asked.Reason, user, clock.Instant()));
        return await db.Save(transaction, stop);
    }

    /// <summary>Null for nobody.</summary>
    private sealed record Wanted(User? Person);

    private sealed record CheckedInput(string? Reason);

    private async Task<Result<Wanted>> WantedBy(Command command, CancellationToken stop)
    {
        if (string.IsNullOrWhiteSpace(command.Assignee))
            return new Wanted(null);
        var isId = int.TryParse(command.Assignee, NumberStyles.None, CultureInfo.InvariantCulture, out var id);
        var person = isId ? await db.Users.Staff().SingleOrDefaultAsync(u => u.Id == id, stop) : null;
        return person is null ? Problem.Invalid("assignee", "error.not_in_list") : new Wanted(person);
    }

    private Result<CheckedInput> Check(Command command, Transaction transaction, User? wanted)
    {
        var hasForbidden = PlainText.HasForbidden(command.Reason);
        var reason = hasForbidden ? null : PlainText.Trimmed(command.Reason);
        var needsReason = !user.IsAdmin && transaction.AssigneeId is not null;
        var errors = new FieldErrors()
            .AddIf(hasForbidden, "reason", "error.forbidden_characters")
            .AddIf(
                reason?.Length > Transaction.ReasonMaxLength,
                "reason",
                "error.too_long",
                Transaction.ReasonMaxLength
            )
            .AddIf(needsReason && reason is null && !hasForbidden, "reason", "assign.reason_needed");
        if (errors.Any)
            return Problem.Invalid(errors);
        var isOwn = user.MayChange(transaction.AssigneeId, transaction.CreatedById);
        var isFree = transaction.AssigneeId is null;
        var takes = wanted?.Id == user.Id && (isFree || isOwn);
        var gives = isOwn && (isFree || transaction.AssigneeId == user.Id);
        return user.IsAdmin || takes || gives ? new CheckedInput(reason) : Problem.Forbidden("assign.not_yours");
    }

    private static async Task<IResult> Submit(
        string number,
        [FromForm] Command? command,
        AssignTransaction useCase,
        ShowTransaction show,
        CurrentUser user,
        HttpContext http,
        CancellationToken stop
    )
    {
        command ??= new();
        var version = int.TryParse(command.Version, out var v) ? v : (int?)null;
        // Nobody is a choice of the form, not a field left out.
        var result = command.Assignee is null
            ? Problem.Invalid("assignee", "error.required")
            : await useCase.Handle(number, command, version, stop);
        if (!result.Ok(out var saved, out var problem))
            return await show.ShowAgain(number, "assign", problem, http, stop);
        http.Toast(Words.T["assign.done"]);
        // An editor who handed over what others created may no longer see it.
        var stillSees = TransactionQueries.Sees(user)(saved);
        return http.SeeOther(stillSees ? TransactionRoutes.AfterPost(command.From, number) : TransactionRoutes.Root);
    }

    private static async Task<IResult> Json(
        string number,
        Body body,
        AssignTransaction useCase,
        TransactionAnswers answers,
        HttpContext http,
        CancellationToken stop
    )
    {
        var command = new Command { Assignee = body.Assignee, Reason = body.Reason };
        return await answers.For(await useCase.Handle(number, command, http.IfMatch(), stop), http, stop);
    }
}
