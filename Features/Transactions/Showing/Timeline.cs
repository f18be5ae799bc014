using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Security;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Showing;

/// <summary>What happened to a transaction, newest first, as far as the reader may know it.</summary>
public static class Timeline
{
    /// <summary>As many lines as a page shows; the API pages through all.</summary>
    public const int Most = 200;

    /// <summary>One line. <c>By</c> is empty for a client: staff stay the firm.</summary>
    public sealed record Line(int Id, HistoryKind Kind, string By, DateTime At, string? From, string? To, string? Text, NoteVisibility Visibility, IReadOnlyList<FieldChange> Changes);

    /// <summary>
    /// Staff read everything. A client reads that it was created or imported and how the status moved, with the public notes: no comments, no edits, no assignments, no internal notes.
    /// </summary>
    public static async Task<List<Line>> Of(int transactionId, AppDb db, CurrentUser user, string? kind, CancellationToken stop, int most = Most)
    {
        var history = db.History.Where(h => h.TransactionId == transactionId);
        if (user.IsClient) history = history.Where(h => h.Kind == HistoryKind.Created || h.Kind == HistoryKind.Imported || h.Kind == HistoryKind.Status);
        history = kind switch
        {
            "status" => history.Where(h => h.Kind == HistoryKind.Status),
            "comment" => history.Where(h => h.Kind == HistoryKind.Comment),
            "edited" => history.Where(h => h.Kind == HistoryKind.Edited),
            "assigned" => history.Where(h => h.Kind == HistoryKind.Assigned),
            _ => history,
        };
        var lines = await history.OrderByDescending(h => h.Id).Take(most)
            .Select(h => new Line(h.Id, h.Kind, h.By.FullName, h.At, h.FromStatus, h.ToStatus, h.Text, h.Visibility, h.Changes)).ToListAsync(stop);
        return user.IsClient ? [.. lines.Select(ForClient)] : lines;
    }

    private static Line ForClient(Line line) => line with { By = "", Text = line.Visibility == NoteVisibility.Public ? line.Text : null, Changes = [] };
}
