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
/// <remarks>
/// An entry that no process with SECRET_KEY wrote gets none: it waits no more, and an entry of its own says so. Entries
/// from before there were signatures are accepted until the chain asks for signatures, see
/// <see cref="AuditChain.AsksFrom"/>. A process that does not know the key of the newest seal leaves the chain alone:
/// while SECRET_KEY is changed, one with the old key would add seals that nobody accepts after those of the new one.
/// </remarks>
public sealed partial class SealEntries(
    AppDb db,
    AuditChain chain,
    AuditSigner signer,
    TimeProvider clock,
    ILogger<SealEntries> log
)
{
    public const int Batch = 500;

    /// <summary>
    /// After an upgrade, and after a change of SECRET_KEY, processes of before may go on for this long. Their entries
    /// are not signed, or signed with the key before.
    /// </summary>
    public static readonly TimeSpan UpgradeMax = TimeSpan.FromHours(1);

    /// <summary>How many entries of a batch that was refused are named.</summary>
    private const int NamedMax = 20;

    /// <summary>
    /// Takes one batch and answers its size; 0 when nothing waits or another process is sealing.
    /// </summary>
    public async Task<int> Handle(CancellationToken stop)
    {
        // Usually nothing waits, and this question needs neither a transaction nor the turn.
        if (!await db.AuditPending.AnyAsync(stop))
            return 0;

        await using var write = await db.BeginWrite(stop);
        if (!await db.TryTurn(Turn.Sealing, stop))
            return 0;
        var waiting = await Waiting.ToListAsync(stop);
        if (waiting.Count == 0)
            return 0;

        var now = clock.Instant();
        var placed = await Last(db.AuditSeals, stop);
        var last = placed?.Seal;
        if (placed is { Entry: not null } && EraOf(placed) is null)
        {
            if (chain.MayWarn(now))
                Log.UnknownKey(log, placed.Seal.Sequence);
            return 0;
        }

        var (genuine, refused) = await Examine(waiting, isFirst: last is null, now, stop);
        var sequence = last?.Sequence ?? 0;
        var seal = last?.Seal ?? AuditChain.Start;
        var seals = genuine.ConvertAll(entry => new AuditSeal
        {
            Sequence = ++sequence,
            EntryId = entry.Id,
            Seal = seal = chain.Seal(seal, sequence, entry),
            SealedAt = now,
        });
        await db.InsertMany(seals, stop);
        if (refused.Count > 0)
        {
            var named = refused.Take(NamedMax).Select(e => e.Id);
            var data = new { refused.Count, entries = named };
            db.Audit.Add(AuditLog.Entry("audit.refused", "audit", "chain", actorId: null, now, data: data));
            await db.SaveChangesAsync(stop);
        }

        var ids = waiting.ConvertAll(entry => entry.Id);
        await db.AuditPending.Where(p => EF.Parameter(ids).Contains(p.EntryId)).ExecuteDeleteAsync(stop);
        await write.Commit(stop);
        // Counted here because only entries that were committed are sealed.
        genuine.ForEach(entry => Counters.Audited(entry.Action));
        if (refused.Count > 0)
            Log.Refused(log, refused.Count, refused[0].Id);
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

    private async Task<(List<AuditEntry> Genuine, List<AuditEntry> Refused)> Examine(
        List<AuditEntry> waiting,
        bool isFirst,
        DateTime now,
        CancellationToken stop
    )
    {
        var asks = isFirst || await Asks(db, stop);
        if (!asks)
            await AskOnceUpgraded(now, stop);
        int? oldest = null;
        var (genuine, refused) = (new List<AuditEntry>(), new List<AuditEntry>());
        foreach (var entry in waiting)
        {
            var isAccepted = entry.Signature is null ? !asks : await IsGenuine(entry);
            (isAccepted ? genuine : refused).Add(entry);
            asks = asks || (isAccepted && AuditChain.AsksFrom(entry));
        }

        return (genuine, refused);

        async Task<bool> IsGenuine(AuditEntry entry)
        {
            var era = signer.EraOf(entry);
            if (era < 0 || era == signer.CurrentEra)
                return era >= 0;
            return era >= (oldest ??= await EraAt(now - UpgradeMax, stop));
        }
    }

    /// <summary>Whether the chain asks for signatures by now.</summary>
    internal static async Task<bool> Asks(AppDb db, CancellationToken stop) =>
        await Sealed(db, e => e.Action == AuditChain.SignaturesRequired).AnyAsync(stop)
        || await Sealed(db, e => db.AuditSeals.Any(s => s.EntryId == e.Id && s.Sequence == 1)).AnyAsync(stop);

    // Only what has its seal counts here: anybody who can add rows could otherwise put this off for ever.
    private async Task AskOnceUpgraded(DateTime now, CancellationToken stop)
    {
        var first = await Sealed(db, _ => true)
            .OrderBy(e => e.Signature)
            .Select(e => (long?)e.Id)
            .FirstOrDefaultAsync(stop);
        if (first is null)
            return;
        var since = await db.AuditSeals.Where(s => s.EntryId == first).Select(s => s.SealedAt).SingleAsync(stop);
        if (now - since < UpgradeMax)
            return;
        var asked = await db
            .Audit.AsNoTracking()
            .Where(e => e.Action == AuditChain.SignaturesRequired && db.AuditPending.Any(p => p.EntryId == e.Id))
            .ToListAsync(stop);
        if (asked.Exists(signer.IsGenuine))
            return;
        db.Audit.Add(AuditLog.Entry(AuditChain.SignaturesRequired, "audit", "chain", actorId: null, now));
        await db.SaveChangesAsync(stop);
    }

    private static IQueryable<AuditEntry> Sealed(
        AppDb db,
        System.Linq.Expressions.Expression<Func<AuditEntry, bool>> which
    ) =>
        db
            .Audit.AsNoTracking()
            .Where(e => e.Signature != null && db.AuditSeals.Any(s => s.EntryId == e.Id))
            .Where(which);

    // Which key made the last seal until then. An entry that is signed with an older one comes too late: whoever found
    // that key may have written it.
    private async Task<int> EraAt(DateTime until, CancellationToken stop) =>
        await Last(db.AuditSeals.Where(s => s.SealedAt <= until), stop) is { } placed ? EraOf(placed) ?? 0 : 0;

    private async Task<Placed?> Last(IQueryable<AuditSeal> seals, CancellationToken stop) =>
        await seals
            .AsNoTracking()
            .OrderByDescending(s => s.Sequence)
            .Select(s => new Placed(
                s,
                db.AuditSeals.Where(b => b.Sequence == s.Sequence - 1).Select(b => b.Seal).FirstOrDefault(),
                db.Audit.FirstOrDefault(e => e.Id == s.EntryId)
            ))
            .FirstOrDefaultAsync(stop);

    // Null when none of our keys made it.
    private int? EraOf(Placed placed)
    {
        var era = 0;
        var (seal, before, entry) = placed;
        return entry is not null && chain.Holds(seal.Seal, before ?? AuditChain.Start, seal.Sequence, entry, ref era)
            ? era
            : null;
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
                Signature = e.Signature,
            }
        ).Take(Batch);

    private sealed record Placed(AuditSeal Seal, byte[]? Before, AuditEntry? Entry);

    private static partial class Log
    {
        [LoggerMessage(
            2,
            LogLevel.Error,
            "Audit entries wait: seal {Seal}, the newest, was made with a key that this process does not know, or was "
                + "changed. While SECRET_KEY is changed, processes with the new one go on; otherwise a key is missing "
                + "from SECRET_KEY_PREVIOUS"
        )]
        public static partial void UnknownKey(ILogger logger, long seal);

        [LoggerMessage(
            1,
            LogLevel.Error,
            "{Count} audit entries were not written by this app and get no seal; the first is entry {Entry}"
        )]
        public static partial void Refused(ILogger logger, int count, long entry);
    }
}
