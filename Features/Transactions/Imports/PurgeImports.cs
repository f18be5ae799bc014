using Coravel.Invocable;
using MdcTts.Infrastructure.Saudi;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>
/// Uploaded files are kept 30 days; what became of their rows is kept for good. An import that nobody went on with in
/// that time has failed.
/// </summary>
public sealed partial class PurgeImports(AppDb db, ImportFiles files, TimeProvider clock, ILogger<PurgeImports> log)
{
    /// <summary>02:15 daily, in Riyadh.</summary>
    public const string Schedule = "15 2 * * *";

    public const string Expired = "import.failed.expired";

    public static readonly TimeSpan KeptFor = TimeSpan.FromDays(30);

    /// <summary>A file without a row: its upload broke off.</summary>
    private static readonly TimeSpan Stray = TimeSpan.FromDays(1);

    public async Task<int> Handle(CancellationToken stop)
    {
        var now = clock.Instant();
        var before = now - KeptFor;
        await using (var write = await db.BeginWrite(stop))
        {
            await db
                .Imports.Where(i =>
                    (i.Status == ImportStatus.Checked || i.Status == ImportStatus.Waiting) && i.CreatedAt < before
                )
                .ExecuteUpdateAsync(
                    set =>
                        set.SetProperty(i => i.Status, ImportStatus.Failed)
                            .SetProperty(i => i.Failure, Expired)
                            .SetProperty(i => i.FinishedAt, i => i.CreatedAt),
                    stop
                );
            await write.Commit(stop);
        }

        var old = await db.Imports.Where(i => i.StoredName != "" && i.FinishedAt < before).ToListAsync(stop);
        foreach (var run in old)
        {
            files.Delete(run.StoredName);
            run.StoredName = "";
        }

        await db.SaveChangesAsync(stop);
        var named = (
            await db.Imports.Where(i => i.StoredName != "").Select(i => i.StoredName).ToListAsync(stop)
        ).ToHashSet(StringComparer.Ordinal);
        var strays = files.OlderThan(now - Stray).Where(name => !named.Contains(name)).ToList();
        strays.ForEach(files.Delete);
        Log.Purged(log, old.Count, strays.Count);
        return old.Count + strays.Count;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Removed {Files} files of old imports and {Strays} of none")]
        public static partial void Purged(ILogger logger, int files, int strays);
    }
}

/// <summary>Runs the rule by the clock.</summary>
public sealed class PurgeImportsJob(PurgeImports purge) : IInvocable, ICancellableInvocable
{
    public CancellationToken CancellationToken { get; set; }

    public Task Invoke() => purge.Handle(CancellationToken);
}
