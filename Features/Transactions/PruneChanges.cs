using Coravel.Invocable;
using MdcTts.Infrastructure.Database;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions;

/// <summary>
/// Forgets changes that every process has long added up, and notes how far: a process that was away longer counts anew.
/// </summary>
public sealed class PruneChanges(AppDb db) : IInvocable, ICancellableInvocable
{
    /// <summary>Every ten minutes.</summary>
    public const string Schedule = "*/10 * * * *";

    /// <summary>The name of the data mark whose value is the last writer (on SQLite: id) that was forgotten.</summary>
    internal const string Mark = "pruned";

    public CancellationToken CancellationToken { get; set; }

    public Task Invoke() => Prune(ChangeTail.RowsMax, CancellationToken);

    internal async Task Prune(int kept, CancellationToken stop)
    {
        var lastId = await db.TransactionChanges.MaxAsync(c => (long?)c.Id, stop) ?? 0;
        await using var write = await db.BeginWrite(stop);
        var old = db.TransactionChanges.Where(c => c.Id <= lastId - kept);
        var last = await old.MaxAsync(c => (long?)(c.Writer == 0 ? c.Id : c.Writer), stop);
        if (last is null)
            return;
        var mark = await db.DataMarks.SingleOrDefaultAsync(m => m.Name == Mark, stop);
        if (mark is null)
            db.Add(new DataMark { Name = Mark, Value = last.Value });
        else if (mark.Value < last)
            await db
                .DataMarks.Where(m => m.Name == Mark)
                .ExecuteUpdateAsync(set => set.SetProperty(m => m.Value, last.Value), stop);
        await db.SaveChangesAsync(stop);
        await old.ExecuteDeleteAsync(stop);
        await write.Commit(stop);
    }
}
