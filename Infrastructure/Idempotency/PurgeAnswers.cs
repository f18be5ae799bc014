using Coravel.Invocable;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Saudi;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Infrastructure.Idempotency;

/// <summary>Forgets the keys of requests and forms that are too old to be repeated.</summary>
public sealed class PurgeAnswers(EngineDb db, TimeProvider clock) : IInvocable, ICancellableInvocable
{
    /// <summary>At 03:10 daily, in Riyadh.</summary>
    public const string Schedule = "10 3 * * *";

    public CancellationToken CancellationToken { get; set; }

    public async Task Invoke()
    {
        var before = clock.Instant() - Idempotency.KeptFor;
        await using var write = await db.BeginWrite(CancellationToken);
        await db.Set<IdempotencyRecord>().Where(r => r.CreatedAt < before).ExecuteDeleteAsync(CancellationToken);
        await write.Commit(CancellationToken);
    }
}
