using System.Text.Json;
using MdcTts.Features.Audit.Acknowledging;
using MdcTts.Features.Audit.Sealing;
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

    /// <summary>No process with SECRET_KEY wrote the entry.</summary>
    Forged,

    /// <summary>The personal part was emptied, but no erasure that is sealed later accounts for it.</summary>
    PersonalEmptied,

    /// <summary>The database says that a person was erased, but no genuine entry does.</summary>
    ErasureForged,

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
/// <param name="OddTimes">
/// Entries whose time does not fit their place: see <see cref="VerifyChain.Apart"/>. They are no fault, because a clock
/// that was set or a night without a running process makes some too.
/// </param>
/// <param name="FirstOdd">The id of the first of them.</param>
/// <param name="Unsigned">
/// Entries from before entries were signed. Their seals are right; that this app wrote them is not proven.
/// </param>
/// <param name="UserId">Whose erasure is forged.</param>
/// <param name="Acknowledged">
/// Forged entries that somebody has looked into: see <see cref="AcknowledgeForged"/>. They are no fault any more.
/// </param>
/// <param name="FirstAcknowledged">The id of the first of them.</param>
public sealed record Verdict(
    long Checked,
    long Waiting,
    AuditFault? Fault = null,
    long? Sequence = null,
    long? EntryId = null,
    long OddTimes = 0,
    long? FirstOdd = null,
    long Unsigned = 0,
    int? UserId = null,
    long Acknowledged = 0,
    long? FirstAcknowledged = null
)
{
    public bool IsWhole => Fault is null;
}

/// <summary>Walks the chain from its first seal to its last and computes each seal again, page by page.</summary>
public sealed class VerifyChain(AppDb db, AuditChain chain, AuditSigner signer)
{
    /// <summary>
    /// How much earlier than an entry before it, and how much later than its seal, the time of an entry may be.
    /// </summary>
    public static readonly TimeSpan Apart = TimeSpan.FromMinutes(10);

    /// <summary>How long an entry may have waited for its seal.</summary>
    public static readonly TimeSpan WaitMax = TimeSpan.FromHours(1);

    private const int Page = 1000;
    private const int IdsAtOnce = 20_000;

    /// <param name="progress">Told after each page how many seals were right so far.</param>
    public async Task<Verdict> Handle(Anchor? anchor, Action<long>? progress, CancellationToken stop)
    {
        var last = 0L;
        var seal = AuditChain.Start;
        var era = 0;
        var asks = false;
        var newest = DateTime.MinValue;
        var eraSince = DateTime.MinValue;
        var (oddTimes, firstOdd) = (0L, (long?)null);
        var unsigned = 0L;
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
                    s.SealedAt,
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
                if (FaultOf(place.Sequence, place.Seal, place.SealedAt, place.Entry) is { } fault)
                    return fault == AuditFault.SealMissing
                        ? new(last, Waiting: 0, fault, last + 1)
                        : new(last, Waiting: 0, fault, place.Sequence, place.EntryId);
                (last, seal) = (place.Sequence, place.Seal);
                asks = asks || (last == 1 && place.Entry!.Signature is not null) || AuditChain.AsksFrom(place.Entry!);
                if (place.Entry!.Signature is null)
                    unsigned++;
                else if (IsOdd(place.Entry.At, newest, place.SealedAt))
                {
                    oddTimes++;
                    firstOdd ??= place.EntryId;
                }

                newest = place.Entry.At > newest ? place.Entry.At : newest;
                if (anchor is not null && anchor.Sequence == last && anchor.Head != Convert.ToHexStringLower(seal))
                    return new(last, Waiting: 0, AuditFault.AnchorDiffers, last, place.EntryId);
            }

            progress?.Invoke(last);

            AuditFault? FaultOf(long sequence, byte[] kept, DateTime sealedAt, AuditEntry? entry)
            {
                if (sequence != last + 1)
                    return AuditFault.SealMissing;
                if (entry is null)
                    return AuditFault.EntryMissing;
                var before = era;
                if (!chain.Holds(kept, seal, sequence, entry, ref era))
                    return AuditFault.Changed;
                if (era != before)
                    eraSince = sealedAt;
                if (IsForged(entry, asks) || (IsOfOldKey(entry) && sealedAt - eraSince > SealEntries.UpgradeMax))
                    return AuditFault.Forged;
                return PersonalFault(sequence, entry, erased);
            }

            bool IsOfOldKey(AuditEntry entry) => entry.Signature is not null && signer.EraOf(entry) < era;
        }

        if (anchor is not null && anchor.Sequence > last)
            return new(last, Waiting: 0, AuditFault.CutOff, last + 1);
        // A chain without a seal has no entry from before there were signatures.
        var verdict = await Unsealed(last, asks || last == 0, stop);
        return verdict with { OddTimes = oddTimes, FirstOdd = firstOdd, Unsigned = unsigned };
    }

    private static bool IsOdd(DateTime at, DateTime newest, DateTime sealedAt) =>
        newest - at > Apart || at - sealedAt > Apart || sealedAt - at > WaitMax;

    private bool IsForged(AuditEntry entry, bool asks) => entry.Signature is null ? asks : !signer.IsGenuine(entry);

    private static AuditFault? PersonalFault(long sequence, AuditEntry entry, Dictionary<int, long> erased)
    {
        if (entry.Commitment.Length == 0)
            return entry.Personal is null && entry.Salt is null ? null : AuditFault.PersonalChanged;
        if (entry is { Personal: { } personal, Salt: { } salt })
            return AuditLog.CommitTo(salt, personal).AsSpan().SequenceEqual(entry.Commitment)
                ? null
                : AuditFault.PersonalChanged;
        var isEmptied =
            entry is { Personal: null, Salt: null }
            && PeopleOf(entry)
                .Any(person =>
                    // Before there were signatures, an erasure emptied what was written while it went on, too.
                    erased.TryGetValue(person, out var until) && (sequence <= until || entry.Signature is null)
                );
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

    // For each of these people the place of the entry that says that they were erased: what stands after it may not be
    // emptied. Whether that entry is genuine is found when the walk comes to it; one that waits is asked here.
    private Task<Dictionary<int, long>> Erased(IEnumerable<AuditEntry> emptied, CancellationToken stop) =>
        ErasuresOf([.. emptied.SelectMany(PeopleOf).Distinct()], stop);

    private async Task<Dictionary<int, long>> ErasuresOf(List<int> people, CancellationToken stop)
    {
        if (people.Count == 0)
            return [];
        var keys = people.ConvertAll(id => id.ToString(System.Globalization.CultureInfo.InvariantCulture));
        var entries = await (
            from e in db.Audit.AsNoTracking()
            where e.Action == "account.erased" && e.EntityType == "user" && keys.Contains(e.EntityKey)
            join s in db.AuditSeals on e.Id equals s.EntryId into found
            from s in found.DefaultIfEmpty()
            select new { Entry = e, Sequence = (long?)s.Sequence }
        ).ToListAsync(stop);
        return entries
            .Where(e => e.Sequence is not null || signer.IsGenuine(e.Entry))
            .GroupBy(e => PeopleOf(e.Entry).Last())
            .ToDictionary(g => g.Key, g => g.Max(e => e.Sequence ?? long.MaxValue));
    }

    // The walk has found the sealed entries genuine; those that wait are asked here.
    private async Task<int?> ForgedErasure(CancellationToken stop)
    {
        var people = await db
            .AuditErasures.Where(r =>
                !db.Audit.Any(e =>
                    e.Action == "account.erased"
                    && e.EntityType == "user"
                    && e.EntityKey == r.UserId.ToString()
                    && db.AuditSeals.Any(s => s.EntryId == e.Id)
                )
            )
            .OrderBy(r => r.UserId)
            .Select(r => r.UserId)
            .ToListAsync(stop);
        var sealedOrSigned = await ErasuresOf(people, stop);
        return people.Where(id => !sealedOrSigned.ContainsKey(id)).Select(id => (int?)id).FirstOrDefault();
    }

    // Each query is one statement and so sees one moment: an entry that gets its seal meanwhile is either waiting or
    // sealed.
    private async Task<Verdict> Unsealed(long sealedCount, bool asks, CancellationToken stop)
    {
        var newest = await db.Audit.MaxAsync(e => (long?)e.Id, stop) ?? 0;
        var known = await Acknowledged(stop);
        var (acknowledged, first) = (0L, (long?)null);
        for (var from = 0L; from < newest; from += IdsAtOnce)
        {
            var (after, until) = (from, from + IdsAtOnce);
            var loose = db
                .Audit.AsNoTracking()
                .Where(e =>
                    e.Id > after
                    && e.Id <= until
                    && !db.AuditSeals.Any(s => s.EntryId == e.Id)
                    && !db.AuditPending.Any(p => p.EntryId == e.Id)
                )
                .OrderBy(e => e.Id);
            await foreach (var entry in loose.AsAsyncEnumerable().WithCancellation(stop))
            {
                var isForged = IsForged(entry, asks);
                if (!isForged || !known.Contains((entry.Id, AuditChain.DigestOf(entry))))
                {
                    var fault = isForged ? AuditFault.Forged : AuditFault.NotSealed;
                    return new(sealedCount, Waiting: 0, fault, EntryId: entry.Id);
                }

                acknowledged++;
                first ??= entry.Id;
            }
        }

        var waiting = db
            .Audit.AsNoTracking()
            .Where(e => db.AuditPending.Any(p => p.EntryId == e.Id) && !db.AuditSeals.Any(s => s.EntryId == e.Id))
            .OrderBy(e => e.Id);
        await foreach (var entry in waiting.AsAsyncEnumerable().WithCancellation(stop))
        {
            if (IsForged(entry, asks))
                return new(sealedCount, Waiting: 0, AuditFault.Forged, EntryId: entry.Id);
            asks = asks || AuditChain.AsksFrom(entry);
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
        if (await ForgedErasure(stop) is { } person)
            return new(sealedCount, Waiting: 0, AuditFault.ErasureForged, UserId: person);
        return new(
            sealedCount,
            await db.AuditPending.LongCountAsync(stop),
            Acknowledged: acknowledged,
            FirstAcknowledged: first
        );
    }

    // Only what an app with SECRET_KEY wrote counts, and only for the entry as it was then.
    private async Task<HashSet<(long Id, string Digest)>> Acknowledged(CancellationToken stop)
    {
        var said = await db
            .Audit.AsNoTracking()
            .Where(e => e.Action == AcknowledgeForged.Action && e.Data != null)
            .ToListAsync(stop);
        return
        [
            .. said.Where(signer.IsGenuine)
                .Select(e =>
                    (
                        long.Parse(e.EntityKey, System.Globalization.CultureInfo.InvariantCulture),
                        JsonSerializer.Deserialize<JsonElement>(e.Data!).GetProperty("digest").GetString()!
                    )
                ),
        ];
    }
}
