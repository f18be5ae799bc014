using Coravel.Invocable;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Saudi;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Infrastructure.Jobs;

/// <summary>Forgets runs after 45 days: longer than any job's time between two.</summary>
public sealed class PurgeJobRuns(EngineDb db, TimeProvider clock) : IInvocable, ICancellableInvocable
{
    /// <summary>03:30 daily, in Riyadh.</summary>
    public const string Schedule = "30 3 * * *";

    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(45);

    public CancellationToken CancellationToken { get; set; }

    public async Task Invoke()
    {
        var before = clock.Instant() - KeptFor;
        await using var write = await db.BeginWrite(CancellationToken);
        await db.Set<JobRun>().Where(r => r.FinishedAt < before).ExecuteDeleteAsync(CancellationToken);
        await write.Commit(CancellationToken);
    }
}
