using MdcTts.Features.Audit.Sealing;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Saudi;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Audit.Acknowledging;

/// <summary>
/// Somebody has looked at a forged entry and says so in an entry of their own. A forged one cannot be deleted, and
/// without this the log would never be found intact again, so that nobody would notice the next forgery.
/// </summary>
public sealed class AcknowledgeForged(AppDb db, AuditSigner signer, SealEntries sealing, TimeProvider clock)
{
    public const string Action = "audit.forgery_acknowledged";
    public const int ReasonMaxLength = 500;

    /// <summary>Why an entry cannot be acknowledged.</summary>
    public enum Refusal
    {
        NotFound,
        Waiting,
        NotForged,
    }

    /// <summary>Null when it is done and sealed, or why it is not.</summary>
    /// <param name="reason">What was found out: how it came there, what was done. Nothing about a person.</param>
    public async Task<Refusal?> Handle(long id, string reason, CancellationToken stop)
    {
        await using (var write = await db.BeginWrite(stop))
        {
            if (await db.Audit.AsNoTracking().SingleOrDefaultAsync(e => e.Id == id, stop) is not { } entry)
                return Refusal.NotFound;
            if (await db.AuditSeals.AnyAsync(s => s.EntryId == id, stop) || !await IsForged(entry, stop))
                return Refusal.NotForged;
            if (await db.AuditPending.AnyAsync(p => p.EntryId == id, stop))
                return Refusal.Waiting;
            var data = new { digest = AuditChain.DigestOf(entry), reason };
            db.Audit.Add(AuditLog.Entry(Action, "audit", $"{id}", actorId: null, clock.Instant(), data: data));
            await db.SaveChangesAsync(stop);
            await write.Commit(stop);
        }

        await sealing.All(stop);
        return null;
    }

    private async Task<bool> IsForged(AuditEntry entry, CancellationToken stop) =>
        entry.Signature is null ? await SealEntries.Asks(db, stop) : !signer.IsGenuine(entry);
}
