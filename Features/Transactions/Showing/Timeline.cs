using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Security;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Showing;

/// <summary>What happened to a transaction, newest first, as far as the reader may know it.</summary>
public static class Timeline
{
    /// <summary>As many lines as a page shows; the API pages through all.</summary>
    public const int Most = 200;

    /// <summary>One line.</summary>
    public sealed record Line(
        int Id,
        HistoryKind Kind,
        string By,
        DateTime At,
        string? From,
        string? To,
        string? Text,
        NoteVisibility Visibility,
        IReadOnlyList<FieldChange> Changes
    );

    /// <summary>
    /// Staff read everything. A client reads that it was created or imported and how the status moved, with the public notes: no comments, no edits, no assignments, no internal notes.
    /// </summary>
    public static async Task<IReadOnlyList<Line>> Of(
        int transactionId,
        AppDb db,
        CurrentUser user,
        string? kind,
        CancellationToken stop
    ) => await Read(Visible(transactionId, db, user, kind), user, 0, Most, stop);

    /// <summary>A page of the same lines.</summary>
    public static async Task<Paged<Line>> Page(
        int transactionId,
        PageAsked asked,
        AppDb db,
        CurrentUser user,
        string? kind,
        CancellationToken stop
    )
    {
        var history = Visible(transactionId, db, user, kind);
        return new(
            await Read(history, user, asked.Skip, asked.Size, stop),
            asked.Page,
            asked.Size,
            await history.LongCountAsync(stop)
        );
    }

    private static IQueryable<HistoryEntry> Visible(int transactionId, AppDb db, CurrentUser user, string? kind)
    {
        var history = db.History.Where(h => h.TransactionId == transactionId);
        if (user.IsClient)
            history = history.Where(h =>
                h.Kind == HistoryKind.Created || h.Kind == HistoryKind.Imported || h.Kind == HistoryKind.Status
            );
        return kind switch
        {
            "status" => history.Where(h => h.Kind == HistoryKind.Status),
            "comment" => history.Where(h => h.Kind == HistoryKind.Comment),
            "edited" => history.Where(h => h.Kind == HistoryKind.Edited),
            "assigned" => history.Where(h => h.Kind == HistoryKind.Assigned),
            _ => history,
        };
    }

    private static async Task<List<Line>> Read(
        IQueryable<HistoryEntry> history,
        CurrentUser user,
        int skip,
        int take,
        CancellationToken stop
    )
    {
        var lines = await history
            .OrderByDescending(h => h.Id)
            .Skip(skip)
            .Take(take)
            .Select(h => new Line(
                h.Id,
                h.Kind,
                h.By.FullName,
                h.At,
                h.FromStatus,
                h.ToStatus,
                h.Text,
                h.Visibility,
                h.Changes
            ))
            .ToListAsync(stop);
        return user.IsClient ? [.. lines.Select(ForClient)] : lines;
    }

    private static Line ForClient(Line line) =>
        line with
        {
            Text = line.Visibility == NoteVisibility.Public ? line.Text : null,
            Changes = [],
        };
}
