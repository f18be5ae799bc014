using System.Globalization;
using MdcTts.Features.Accounts;
using MdcTts.Features.Audit;
using MdcTts.Features.Catalogue;
using MdcTts.Features.Transactions.News;
using MdcTts.Features.Transactions.Showing;
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

namespace MdcTts.Features.Transactions.Assignments;

/// <summary>Giving a transaction to an editor, or taking it from one. Editors take to themselves or hand over their own, with a reason; admins as they like.</summary>
public static class AssignTransaction
{
    public sealed class Command
    {
        /// <summary>User id; empty for nobody.</summary>
        public string? Assignee { get; set; }
        public string? Reason { get; set; }
        public string? Version { get; set; }
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

    public static async Task<Result<Transaction>> Handle(
        string number,
        Command command,
        int? version,
        AppDb db,
        CurrentUser user,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        var transaction = TransactionNumber.IsSane(number)
            ? await db
                .Transactions.VisibleTo(user)
                .Include(t => t.Assignee)
                .SingleOrDefaultAsync(t => t.Number == number, stop)
            : null;
        if (transaction is null)
            return Problem.NotFound();
        if (version is not null && version != transaction.Version)
            return new Problem(ProblemKind.PreconditionFailed, "problem.version_mismatch", transaction.Version);

        var (isNobody, wanted) = (string.IsNullOrWhiteSpace(command.Assignee), (User?)null);
        if (
            !isNobody
            && command.Assignee!.Length <= 12
            && int.TryParse(command.Assignee, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
        )
            wanted = await db.Users.SingleOrDefaultAsync(
                u => u.Id == id && u.Status == UserStatus.Active && u.Role != Role.Client,
                stop
            );
        if (!isNobody && wanted is null)
            return Problem.Invalid("assignee", "error.not_in_list");
        if (wanted?.Id == transaction.AssigneeId)
            return transaction;

        var reason = PlainText.Trimmed(command.Reason);
        var errors = new FieldErrors()
            .AddIf(PlainText.HasForbidden(command.Reason), "reason", "error.forbidden_characters")
            .AddIf(
                reason?.Length > Transaction.ReasonMaxLength,
                "reason",
                "error.too_long",
                Transaction.ReasonMaxLength
            )
            .AddIf(
                !user.IsAdmin && transaction.AssigneeId is not null && reason is null,
                "reason",
                "assign.reason_needed"
            );
        if (errors.Any)
            return Problem.Invalid(errors);
        var isMine = transaction.AssigneeId is null || transaction.AssigneeId == user.Id;
        if (!user.IsAdmin && wanted?.Id != user.Id && !isMine)
            return Problem.Forbidden("assign.not_yours");

        var admins = await Admins.Active(db, stop);
        var (now, former) = (clock.Instant(), transaction.Assignee);
        transaction.Assign(wanted?.Id, former?.FullName, wanted?.FullName, reason, user.Id, now);
        db.Audit.Add(
            AuditLog.By(
                user,
                "transaction.assigned",
                "transaction",
                number,
                now,
                new
                {
                    from = former?.Id,
                    to = wanted?.Id,
                    reason,
                }
            )
        );
        db.Tell(
            TransactionNews.Assigned,
            transaction,
            [former?.Id, wanted?.Id, .. admins.Select(a => (int?)a)],
            user.Id,
            now,
            former?.FullName,
            wanted?.FullName,
            reason
        );
        return await db.Save(transaction, stop);
    }

    private static async Task<IResult> Submit(
        string number,
        [FromForm] Command? command,
        AppDb db,
        CurrentUser user,
        CatalogueCache catalogues,
        CountCache counts,
        TrackingLinks links,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        command ??= new();
        var version = int.TryParse(command.Version, out var v) ? v : (int?)null;
        // Nobody is a choice of the form, not a field left out.
        var result = command.Assignee is null
            ? Problem.Invalid("assignee", "error.required")
            : await Handle(number, command, version, db, user, clock, stop);
        if (!result.Ok(out var saved, out var problem))
            return await ShowTransaction.Again(
                number,
                "assign",
                problem,
                db,
                user,
                catalogues,
                counts,
                links,
                clock,
                http,
                stop
            );
        http.Toast(Words.T["assign.done"]);
        // An editor who handed over what others created no longer sees it.
        var stillSees = user.IsAdmin || saved.AssigneeId == user.Id || saved.CreatedById == user.Id;
        return http.SeeOther(stillSees ? TransactionRoutes.One(number) : TransactionRoutes.Root);
    }

    private static async Task<IResult> Json(
        string number,
        Body body,
        AppDb db,
        CurrentUser user,
        TransactionAnswers answers,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    ) =>
        await answers.For(
            await Handle(
                number,
                new() { Assignee = body.Assignee, Reason = body.Reason },
                http.IfMatch(),
                db,
                user,
                clock,
                stop
            ),
            http,
            user,
            stop
        );
}
