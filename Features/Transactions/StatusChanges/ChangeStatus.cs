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

namespace MdcTts.Features.Transactions.StatusChanges;

/// <summary>Moving a transaction along the workflow. Status, history, audit entry and messages are saved together or not at all.</summary>
public static class ChangeStatus
{
    public sealed class Command
    {
        public string? To { get; set; }
        public string? Note { get; set; }

        /// <summary><c>internal</c> (default) or <c>public</c>.</summary>
        public string? NoteVisibility { get; set; }

        /// <summary>What the person was looking at; null does not ask.</summary>
        public string? Version { get; set; }
    }

    /// <summary>The body as the API takes it.</summary>
    public sealed record Body(string? Status, string? Note = null, string? NoteVisibility = null);

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapPost("/{number}/status", Submit).RequireAuthorization(Policies.Staff);
        api.MapPost("/{number}/status", Json)
            .RequireAuthorization(Policies.Staff)
            .WithSummary("Move it along the workflow")
            .WithExample("""{"status":"under_review","note":"Sent to the municipality","noteVisibility":"public"}""");
    }

    public static async Task<Result<Transaction>> Handle(
        string number,
        Command command,
        int? version,
        AppDb db,
        CurrentUser user,
        CatalogueCache catalogues,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        var transaction = TransactionNumber.IsSane(number)
            ? await db.Transactions.VisibleTo(user).SingleOrDefaultAsync(t => t.Number == number, stop)
            : null;
        if (transaction is null)
            return Problem.NotFound();
        if (version is not null && version != transaction.Version)
            return new Problem(ProblemKind.PreconditionFailed, "problem.version_mismatch", transaction.Version);

        var workflow = (await catalogues.Get(stop)).Workflow;
        var to = command.To?.Trim() ?? "";
        if (!workflow.Has(to))
            return Problem.NotAllowed("status", to, workflow.Statuses.Select(s => s.Key));
        if (workflow.Find(transaction.Status, to, user.Role) is not { } move)
            return NotAllowed(transaction, to, user, workflow);

        var note = PlainText.HasForbidden(command.Note) ? null : PlainText.Trimmed(command.Note);
        var visibility = string.IsNullOrEmpty(command.NoteVisibility)
            ? NoteVisibility.Internal
            : Keys.Find<NoteVisibility>(command.NoteVisibility);
        var errors = new FieldErrors()
            .AddIf(PlainText.HasForbidden(command.Note), "note", "error.forbidden_characters")
            .AddIf(
                move.NeedsNote && note is null && !PlainText.HasForbidden(command.Note),
                "note",
                "status.note_needed"
            )
            .AddIf(note?.Length > Transaction.NoteMaxLength, "note", "error.too_long", Transaction.NoteMaxLength)
            .AddIf(visibility is null, "noteVisibility", "error.not_in_list");
        if (errors.Any)
            return Problem.Invalid(errors);

        var status = workflow[to];
        var people = await TransactionNews.PeopleOf(transaction.ClientId, db, stop);
        // What is submitted waits for the admins; what is paid or over concerns everybody.
        IReadOnlyList<int> admins =
            move.Meaning is MoveMeaning.Submit or MoveMeaning.Pay || status.IsEnd ? await Admins.Active(db, stop) : [];
        var (now, from) = (clock.Instant(), transaction.Status);
        transaction.ChangeStatus(status, note, visibility!.Value, user.Id, now);
        db.Audit.Add(
            AuditLog.By(
                user,
                "transaction.status_changed",
                "transaction",
                number,
                now,
                new
                {
                    from,
                    to,
                    note,
                    visibility = Keys.Of(visibility.Value),
                }
            )
        );
        var publicNote = visibility == NoteVisibility.Public ? note : null;
        db.Tell(
            TransactionNews.StatusChanged,
            transaction,
            [transaction.CreatedById, transaction.AssigneeId, .. admins.Select(a => (int?)a)],
            user.Id,
            now,
            to,
            note
        );
        if (status.Meaning != Meaning.Draft)
            db.Tell(
                TransactionNews.StatusChanged,
                transaction,
                people.Select(p => (int?)p),
                user.Id,
                now,
                to,
                publicNote
            );
        return await db.Save(transaction, stop);
    }

    private static Problem NotAllowed(Transaction transaction, string to, CurrentUser user, WorkflowMap workflow)
    {
        var allowed = workflow.MovesFrom(transaction.Status, user.Role).Select(m => m.To).ToArray();
        return Problem.Conflict(
            "status.not_allowed",
            workflow[to].Name,
            workflow[transaction.Status].Name,
            string.Join(Words.T["list.comma"], allowed.Select(a => workflow[a].Name))
        ) with
        {
            Extensions = new Dictionary<string, object?>(StringComparer.Ordinal) { ["allowed"] = allowed },
        };
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
        var result = await Handle(number, command, version, db, user, catalogues, clock, stop);
        if (!result.Ok(out var saved, out var problem))
            return await ShowTransaction.Again(
                number,
                "status",
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
        http.Toast(Words.T["status.changed", (await catalogues.Get(stop)).Workflow[saved.Status].Name]);
        return http.SeeOther(TransactionRoutes.One(number));
    }

    private static async Task<IResult> Json(
        string number,
        Body body,
        AppDb db,
        CurrentUser user,
        CatalogueCache catalogues,
        TransactionAnswers answers,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    ) =>
        await answers.For(
            await Handle(
                number,
                new()
                {
                    To = body.Status,
                    Note = body.Note,
                    NoteVisibility = body.NoteVisibility,
                },
                http.IfMatch(),
                db,
                user,
                catalogues,
                clock,
                stop
            ),
            http,
            user,
            stop
        );
}
