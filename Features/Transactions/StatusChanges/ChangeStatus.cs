using MdcTts.Features.Catalogue;
using MdcTts.Features.Transactions.Showing;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;

namespace MdcTts.Features.Transactions.StatusChanges;

/// <summary>Moving a transaction along the workflow.</summary>
public sealed class ChangeStatus(AppDb db, CurrentUser user, CatalogueCache catalogues, TimeProvider clock)
{
    public sealed class Command
    {
        public string? To { get; set; }
        public string? Note { get; set; }

        /// <summary><c>internal</c> (default) or <c>public</c>.</summary>
        public string? NoteVisibility { get; set; }

        /// <summary>What the person was looking at; null does not ask.</summary>
        public string? Version { get; set; }

        /// <summary><c>work</c>: go back there.</summary>
        public string? From { get; set; }
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

    public async Task<Result<Transaction>> Handle(string number, Command command, int? version, CancellationToken stop)
    {
        if (!(await db.Transactions.FindOne(number, user, version, stop)).Ok(out var transaction, out var problem))
            return problem;
        var workflow = (await catalogues.Get(stop)).Workflow;
        if (!Check(command, transaction, workflow).Ok(out var asked, out problem))
            return problem;

        db.Record(transaction.Move(workflow[asked.Move.To], asked.Note, asked.Visibility, user, clock.Instant()));
        return await db.Save(transaction, stop);
    }

    private sealed record CheckedInput(WorkflowMove Move, string? Note, NoteVisibility Visibility);

    private Result<CheckedInput> Check(Command command, Transaction transaction, WorkflowMap workflow)
    {
        var to = command.To?.Trim() ?? "";
        if (!workflow.Has(to))
            return Problem.NotAllowed("status", to, workflow.Statuses.Select(s => s.Key));
        if (workflow.Find(transaction.Status, to, user.ActingRole) is not { } move)
            return NotAllowed(transaction, to, workflow);

        var hasForbidden = PlainText.HasForbidden(command.Note);
        var note = hasForbidden ? null : PlainText.Trimmed(command.Note);
        var visibility = string.IsNullOrEmpty(command.NoteVisibility)
            ? NoteVisibility.Internal
            : Keys.Find<NoteVisibility>(command.NoteVisibility);
        var errors = new FieldErrors()
            .AddIf(hasForbidden, "note", "error.forbidden_characters")
            .AddIf(move.NeedsNote && note is null && !hasForbidden, "note", "status.note_needed")
            .AddIf(note?.Length > Transaction.NoteMaxLength, "note", "error.too_long", Transaction.NoteMaxLength)
            .AddIf(visibility is null, "noteVisibility", "error.not_in_list");
        return errors.Any ? Problem.Invalid(errors) : new CheckedInput(move, note, visibility!.Value);
    }

    private Problem NotAllowed(Transaction transaction, string to, WorkflowMap workflow)
    {
        var allowed = workflow.MovesFrom(transaction.Status, user.ActingRole).Select(m => m.To).ToArray();
        return Problem.Conflict(
            allowed.Length > 0 ? "status.not_allowed"
                : workflow[transaction.Status].IsEnd ? "status.not_allowed_end"
                : "status.not_allowed_none",
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
        ChangeStatus useCase,
        ShowTransaction show,
        CatalogueCache catalogues,
        HttpContext http,
        CancellationToken stop
    )
    {
        command ??= new();
        var version = int.TryParse(command.Version, out var v) ? v : (int?)null;
        var result = await useCase.Handle(number, command, version, stop);
        if (!result.Ok(out var saved, out var problem))
            return await show.ShowAgain(number, "status", problem, http, stop);
        http.Toast(Words.T["status.changed", (await catalogues.Get(stop)).Workflow[saved.Status].Name]);
        return http.SeeOther(TransactionRoutes.AfterPost(command.From, number));
    }

    private static async Task<IResult> Json(
        string number,
        Body body,
        ChangeStatus useCase,
        TransactionAnswers answers,
        HttpContext http,
        CancellationToken stop
    )
    {
        var command = new Command
        {
            To = body.Status,
            Note = body.Note,
            NoteVisibility = body.NoteVisibility,
        };
        return await answers.For(await useCase.Handle(number, command, http.IfMatch(), stop), http, stop);
    }
}
