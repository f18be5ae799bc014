using Coravel.Invocable;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Saudi;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Infrastructure.Events;

/// <summary>
/// Forgets events after 120 days: longer than mails are kept, because a mail that is sent again reads its event.
/// </summary>
public sealed class PurgeEvents(EngineDb db, TimeProvider clock) : IInvocable, ICancellableInvocable
{
    /// <summary>At 02:50 daily, in Riyadh.</summary>
    public const string Schedule = "50 2 * * *";

    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(120);

    public CancellationToken CancellationToken { get; set; }

    public async Task Invoke()
    {
        var before = clock.Instant() - KeptFor;
        await using var write = await db.BeginWrite(CancellationToken);
        await db.Set<EventRow>()
            .Where(e => e.At < before && e.FollowedAt != null)
            .ExecuteDeleteAsync(CancellationToken);
        await write.Commit(CancellationToken);
    }
}
