using MdcTts.Features.Transactions;
using MdcTts.Infrastructure.Security;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Dashboards;

/// <summary>What waits for a client, the longest first: the first thing its people want to know.</summary>
public static class WaitingForClient
{
    private const int RowsMax = 8;

    /// <param name="Status">The key of its status.</param>
    /// <param name="Since">From this day on it waits for the client.</param>
    /// <param name="Note">The last public note: what the firm asked for; null where there is none.</param>
    public sealed record Row(
        string Number,
        string? Reference,
        string Title,
        string Status,
        DateOnly Since,
        DateOnly? DueDate,
        string? Note
    );

    public static Task<List<Row>> Read(AppDb db, CurrentUser client, CancellationToken stop)
    {
        var notes = db.History.OutsideTheFirm().Where(h => h.Visibility == NoteVisibility.Public && h.Text != null);
        return db
            .Transactions.VisibleTo(client)
            .NotOver()
            .Where(t => t.HolderKind == HolderKind.Client)
            .OrderBy(t => t.HolderSince)
            .ThenBy(t => t.Id)
            .Take(RowsMax)
            .Select(t => new Row(
                t.Number,
                t.ReferenceNumber,
                t.Title,
                t.Status,
                t.HolderSince,
                t.DueDate,
                notes
                    .Where(h => h.TransactionId == t.Id)
                    .OrderByDescending(h => h.Id)
                    .Select(h => h.Text)
                    .FirstOrDefault()
            ))
            .ToListAsync(stop);
    }
}
