using MdcTts.Features.Accounts;
using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Events;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Bulk;

/// <summary>
/// Takes an act on many transactions back, for whoever did it and for a short time. It is a change like any other:
/// the history shows both. What somebody changed since stays.
/// </summary>
public sealed class UndoMany(AppDb db, CurrentUser user, CatalogueCache catalogues, TimeProvider clock)
{
    /// <summary>The page offers it for ten seconds; a slow line and a page without script have longer.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(2);

    private static readonly string[] Kinds =
    [
        TransactionEvents.Assigned,
        TransactionEvents.StatusChanged,
        TransactionEvents.Deleted,
    ];

    /// <summary>How many were taken back, and how many could not be.</summary>
    public sealed record Undone(int Count, int Left);

    public sealed class Command
    {
        public string? Batch { get; set; }
        public string? ReturnUrl { get; set; }
    }

    public sealed record Body(string? Batch);

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapPost("/bulk/undo", Submit).RequireAuthorization(Policies.Staff).Limited(RateLimits.Bulk);
        api.MapPost("/bulk/undo", Json)
            .RequireAuthorization(Policies.Staff)
            .Limited(RateLimits.Bulk)
            .WithSummary("Take one's last act on many transactions back, within two minutes")
            .WithExample("""{"batch":"0d5c6f0e7d4a4a6f9b8c2f1e3a5b7c9d"}""");
    }

    /// <summary>For the message that says what was done.</summary>
    public static ToastUndo Of(string batch, string back) => new(TransactionRoutes.BulkUndo, batch, back);

    public async Task<Result<Undone>> Handle(string? batch, CancellationToken stop)
    {
        var since = clock.Instant() - Window;
        var own = await db.Set<EventRow>()
            .AsNoTracking()
            .Where(e => e.At >= since && e.ActorId == user.Id && Kinds.Contains(e.Kind))
            .OrderBy(e => e.Id)
            .ToListAsync(stop);
        var events = own.Where(e => ChangeData.Of(e).Batch is { } its && its == batch).ToList();
        if (events.Count == 0)
            return Problem.Conflict("bulk.undo_late");

        var done = await db.InBatch(ChangeData.UndoOf(batch!), events, e => TakeBack(e, stop));
        var count = done.Count(isBack => isBack);
        return new Undone(count, events.Count - count);
    }

    private async Task<bool> TakeBack(EventRow e, CancellationToken stop)
    {
        // One's own act is enough: who handed it over may not see it any more.
        var transaction = await db
            .Transactions.Include(t => t.Assignee)
            .SingleOrDefaultAsync(t => t.Number == e.Key, stop);
        var entry = await db.History.AsNoTracking().SingleOrDefaultAsync(h => h.Id == e.HistoryId, stop);
        if (transaction is null || entry is null)
            return false;
        if (await db.History.AnyAsync(h => h.TransactionId == transaction.Id && h.Id > entry.Id, stop))
            return false;
        if (await Reverse(e, entry, transaction, stop) is not { } change)
            return false;
        db.Record(change);
        return (await db.Save(transaction, stop)).Problem is null;
    }

    private async Task<Change?> Reverse(EventRow e, HistoryEntry entry, Transaction transaction, CancellationToken stop)
    {
        var (now, why) = (clock.Instant(), Words.T["bulk.undone_note"]);
        switch (e.Kind)
        {
            case TransactionEvents.Deleted:
                return transaction.DeletedAt is null ? null : transaction.Restore(user, now);
            case TransactionEvents.StatusChanged:
                var workflow = (await catalogues.Get(stop)).Workflow;
                return entry.FromStatus is { } from && workflow.Has(from)
                    ? transaction.Move(workflow[from], why, NoteVisibility.Internal, user, now)
                    : null;
            default:
                if (entry.Changes[0].Old is null)
                    return transaction.Assign(transaction.Assignee, wanted: null, why, user, now);
                var id = ChangeData.Of(e).Concerns[0];
                var former = await db.Users.Staff().SingleOrDefaultAsync(u => u.Id == id, stop);
                return former is null ? null : transaction.Assign(transaction.Assignee, former, why, user, now);
        }
    }

    private static async Task<IResult> Submit(
        [FromForm] Command? command,
        UndoMany useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (!(await useCase.Handle(command?.Batch, stop)).Ok(out var undone, out var problem))
            return http.HtmlProblem(problem);
        var left = undone.Left == 0 ? "" : " " + Words.T.Count("bulk.undo_left", undone.Left);
        http.Toast(Words.T.Count("bulk.undone", undone.Count) + left);
        return http.SeeOther(command?.ReturnUrl is { Length: > 0 } url ? Html.LocalPath(url) : TransactionRoutes.Root);
    }

    private static async Task<IResult> Json(Body body, UndoMany useCase, CancellationToken stop) =>
        (await useCase.Handle(body.Batch, stop)).Match(
            undone => Results.Json(new { undone = undone.Count, left = undone.Left }),
            ProblemResults.Json
        );
}
