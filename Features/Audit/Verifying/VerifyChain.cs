using MdcTts.Infrastructure.Audit;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Audit.Verifying;

/// <summary>What can be wrong with the log.</summary>
public enum AuditFault
{
    /// <summary>A seal is not there: the sequence has a gap.</summary>
    SealMissing,

    /// <summary>There is a seal, but its entry is gone.</summary>
    EntryMissing,

    /// <summary>The entry, its place or its seal is not what was sealed.</summary>
    Changed,

    /// <summary>The personal part is not the one that was committed to.</summary>
    PersonalChanged,

    /// <summary>The personal part was emptied, but no erasure accounts for it.</summary>
    PersonalEmptied,

    /// <summary>An entry has no seal and does not wait for one.</summary>
    NotSealed,

    /// <summary>Something waits for a seal that is no entry.</summary>
    WaitingMissing,

    /// <summary>An entry waits although it has its seal.</summary>
    WaitingTwice,

    /// <summary>The log ends before the place that the anchor names.</summary>
    CutOff,

    /// <summary>The seal at the anchor's place is not the anchor's.</summary>
    AnchorDiffers,
}

/// <summary>What a verification found: how far the log is right, and the first fault.</summary>
/// <param name="Checked">Seals that are right.</param>
/// <param name="Waiting">Entries that wait for their seals.</param>
public sealed record Verdict(
    long Checked,
    long Waiting,
    AuditFault? Fault = null,
    long? Sequence = null,
    long? EntryId = null
)
{
    public bool IsWhole => Fault is null;
}

/// <summary>Walks the chain from its first seal to its last and computes each seal again, page by page.</summary>
public sealed class VerifyChain(AppDb db, AuditChain chain)
{
    private const int Page = 1000;
    private const int IdsAtOnce = 20_000;

    /// <param name="progress">Told after each page how many seals were right so far.</param>
    public async Task<Verdict> Handle(Anchor? anchor, Action<long>? progress, CancellationToken stop)
    {
        var last = 0L;
        var seal = AuditChain.Start;
        var era = 0;
        while (true)
        {
            var from = last;
            var page = await (
                from s in db.AuditSeals.AsNoTracking()
                where s.Sequence > @from
                orderby s.Sequence
                join a in db.Audit.AsNoTracking() on s.EntryId equals a.Id into found
                from e in found.DefaultIfEmpty()
                select new
                {
                    s.Sequence,
                    s.EntryId,
                    s.Seal,
                    Entry = e,
                }
            )
                .Take(Page)
                .ToListAsync(stop);
            if (page.Count == 0)
                break;

            var emptied = page.Where(p => p.Entry is { Personal: null, Commitment.Length: > 0 }).Select(p => p.Entry!);
            var erased = await Erased(emptied, stop);
            foreach (var place in page)
            {
                if (FaultOf(place.Sequence, place.Seal, place.Entry) is { } fault)
                    return fault == AuditFault.SealMissing
                        ? new(last, Waiting: 0, fault, last + 1)
                        : new(last, Waiting: 0, fault, place.Sequence, place.EntryId);
                (last, seal) = (place.Sequence, place.Seal);
                if (anchor is not null && anchor.Sequence == last && anchor.Head != Convert.ToHexStringLower(seal))
                    return new(last, Waiting: 0, AuditFault.AnchorDiffers, last, place.EntryId);
            }

            progress?.Invoke(last);

            AuditFault? FaultOf(long sequence, byte[] kept, AuditEntry? entry)
            {
                if (sequence != last + 1)
                    return AuditFault.SealMissing;
                if (entry is null)
                    return AuditFault.EntryMissing;
                if (!chain.Holds(kept, seal, sequence, entry, ref era))
                    return AuditFault.Changed;
                return PersonalFault(entry, erased);
            }
        }

        if (anchor is not null && anchor.Sequence > last)
            return new(last, Waiting: 0, AuditFault.CutOff, last + 1);
        return await Unsealed(last, stop);
    }

    private static AuditFault? PersonalFault(AuditEntry entry, HashSet<int> erased)
    {
        if (entry.Commitment.Length == 0)
            return entry.Personal is null && entry.Salt is null ? null : AuditFault.PersonalChanged;
        if (entry is { Personal: { } personal, Salt: { } salt })
            return AuditLog.CommitTo(salt, personal).AsSpan().SequenceEqual(entry.Commitment)
                ? null
                : AuditFault.PersonalChanged;
        var isEmptied = entry.Personal is null && entry.Salt is null && PeopleOf(entry).Any(erased.Contains);
        return isEmptied ? null : AuditFault.PersonalEmptied;
    }

    // The erasure of any of these people may empty the entry's personal part. The database's trigger has the same rule.
    private static IEnumerable<int> PeopleOf(AuditEntry entry)
    {
        if (entry.ActorId is { } actor)
            yield return actor;
        if (
            entry.EntityType == "user"
            && int.TryParse(
                entry.EntityKey,
                System.Globalization.NumberStyles.None,
                System.Globalization.CultureInfo.InvariantCulture,
                out var subject
            )
        )
            yield return subject;
    }

    // Reads after the page was read: an erasure is recorded before it empties anything.
    private async Task<HashSet<int>> Erased(IEnumerable<AuditEntry> emptied, CancellationToken stop)
    {
        var people = emptied.SelectMany(PeopleOf).Distinct().ToList();
        return people.Count == 0
            ? []
            : [.. await db.AuditErasures.Where(e => people.Contains(e.UserId)).Select(e => e.UserId).ToListAsync(stop)];
    }

    // Each query is one statement and so sees one moment: an entry that gets its seal meanwhile is either waiting or
    // sealed.
    private async Task<Verdict> Unsealed(long sealedCount, CancellationToken stop)
    {
        var newest = await db.Audit.MaxAsync(e => (long?)e.Id, stop) ?? 0;
        for (var from = 0L; from < newest; from += IdsAtOnce)
        {
            var (after, until) = (from, from + IdsAtOnce);
            var loose = await db
                .Audit.Where(e =>
                    e.Id > after
                    && e.Id <= until
                    && !db.AuditSeals.Any(s => s.EntryId == e.Id)
                    && !db.AuditPending.Any(p => p.EntryId == e.Id)
                )
                .OrderBy(e => e.Id)
                .Select(e => (long?)e.Id)
                .FirstOrDefaultAsync(stop);
            if (loose is not null)
                return new(sealedCount, Waiting: 0, AuditFault.NotSealed, EntryId: loose);
        }

        var lost = await db
            .AuditPending.Where(p => !db.Audit.Any(e => e.Id == p.EntryId))
            .OrderBy(p => p.EntryId)
            .Select(p => (long?)p.EntryId)
            .FirstOrDefaultAsync(stop);
        if (lost is not null)
            return new(sealedCount, Waiting: 0, AuditFault.WaitingMissing, EntryId: lost);
        var twice = await db
            .AuditPending.Where(p => db.AuditSeals.Any(s => s.EntryId == p.EntryId))
            .OrderBy(p => p.EntryId)
            .Select(p => (long?)p.EntryId)
            .FirstOrDefaultAsync(stop);
        if (twice is not null)
            return new(sealedCount, Waiting: 0, AuditFault.WaitingTwice, EntryId: twice);
        return new(sealedCount, await db.AuditPending.LongCountAsync(stop));
    }
}
