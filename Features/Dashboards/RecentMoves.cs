using MdcTts.Features.Transactions;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Dashboards;

/// <summary>The last status changes among what a person may see.</summary>
public static class RecentMoves
{
    private const int RowsMax = 8;

    /// <param name="To">The key of the new status.</param>
    /// <param name="By">Who moved it; null for a client's person, who does not read staff's names.</param>
    public sealed record Row(string Number, string? Reference, string Title, string To, string? By, DateTime At);

    public static async Task<List<Row>> Read(AppDb db, CurrentUser user, DateTime since, CancellationToken stop) =>
        await db
            .History.ReadableBy(user)
            .Moves()
            .Where(h => h.At >= since)
            .Join(db.Transactions.VisibleTo(user), h => h.TransactionId, t => t.Id, (h, t) => new { h, t })
            .OrderByDescending(x => x.h.At)
            .ThenByDescending(x => x.h.Id)
            .Take(RowsMax)
            .Select(x => new Row(
                x.t.Number,
                x.t.ReferenceNumber,
                x.t.Title,
                x.h.ToStatus!,
                user.IsClient ? null : PersonName.Shown(x.h.By.FullName, x.h.By.NameAr),
                x.h.At
            ))
            .ToListAsync(stop);
}
