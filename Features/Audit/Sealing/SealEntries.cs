using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Metrics;
using MdcTts.Infrastructure.Saudi;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Audit.Sealing;

/// <summary>
/// Gives waiting entries their places in the chain. A batch is one database transaction: a process that is killed
/// has sealed all of it or none.
/// </summary>
public sealed class SealEntries(AppDb db, AuditChain chain, TimeProvider clock)
{
    public const int Batch = 500;

    /// <summary>Seals one batch and answers its size; 0 when nothing waits or another process is sealing.</summary>
    public async Task<int> Handle(CancellationToken stop)
    {
        // Usually nothing waits, and this question needs neither a transaction nor the turn.
        if (!await db.AuditPending.AnyAsync(stop))
            return 0;

        await using var write = await db.BeginWrite(stop);
        if (!await db.TryTurn(Turn.Sealing, stop))
            return 0;
        var last = await db
            .AuditSeals.AsNoTracking()
            .OrderByDescending(s => s.Sequence)
            .Select(s => new { s.Sequence, s.Seal })
            .FirstOrDefaultAsync(stop);
        var waiting = await Waiting.ToListAsync(stop);
        if (waiting.Count == 0)
            return 0;

        var sequence = last?.Sequence ?? 0;
        var seal = last?.Seal ?? AuditChain.Start;
        var now = clock.Instant();
        var seals = waiting.ConvertAll(entry => new AuditSeal
        {
            Sequence = ++sequence,
            EntryId = entry.Id,
            Seal = seal = chain.Seal(seal, sequence, entry),
            SealedAt = now,
        });
        await db.InsertMany(seals, stop);
        var ids = waiting.ConvertAll(entry => entry.Id);
        await db.AuditPending.Where(p => ids.Contains(p.EntryId)).ExecuteDeleteAsync(stop);
        await write.Commit(stop);
        // Counted here because only entries that were committed are sealed.
        waiting.ForEach(entry => Counters.Audited(entry.Action));
        return waiting.Count;
    }

    /// <summary>Batch after batch until nothing waits.</summary>
    public async Task<int> All(CancellationToken stop)
    {
        var all = 0;
        while (await Handle(stop) is > 0 and var some)
            all += some;
        return all;
    }

    // The personal part is not sealed and therefore not read. An entry that was tampered with stays waiting: it must
    // not keep the others from their seals, and the verification names it.
    private IQueryable<AuditEntry> Waiting =>
        (
            from p in db.AuditPending
            join e in db.Audit on p.EntryId equals e.Id
            where !db.AuditSeals.Any(s => s.EntryId == p.EntryId)
            orderby p.EntryId
            select new AuditEntry
            {
                Id = e.Id,
                At = e.At,
                ActorId = e.ActorId,
                Action = e.Action,
                EntityType = e.EntityType,
                EntityKey = e.EntityKey,
                Data = e.Data,
                SessionId = e.SessionId,
                RequestId = e.RequestId,
                Commitment = e.Commitment,
            }
        ).Take(Batch);
}
