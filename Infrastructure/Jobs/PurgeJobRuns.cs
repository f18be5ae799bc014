using Coravel.Invocable;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Text;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Infrastructure.Jobs;

/// <summary>Forgets runs after 45 days: longer than any job's time between two.</summary>
public sealed class PurgeJobRuns(AppDb db, TimeProvider clock) : IInvocable
{
    /// <summary>03:30 daily, in Riyadh.</summary>
    public const string Schedule = "30 3 * * *";

    private static readonly TimeSpan Kept = TimeSpan.FromDays(45);

    public async Task Invoke()
    {
        var before = clock.Instant() - Kept;
        await using var write = await db.BeginWrite(CancellationToken.None);
        await db.JobRuns.Where(r => r.FinishedAt < before).ExecuteDeleteAsync();
        await write.Commit(CancellationToken.None);
    }
}
