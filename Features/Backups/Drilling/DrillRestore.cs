using System.Diagnostics;
using Coravel.Invocable;
using MdcTts.Features.Backups.Databases;
using MdcTts.Features.Backups.Storing;
using MdcTts.Features.Backups.Verifying;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Saudi;

namespace MdcTts.Features.Backups.Drilling;

/// <summary>
/// Restores the newest backup beside the real database, compares every table, and throws the copy away. Only a restore
/// proves that a backup can be restored.
/// </summary>
public sealed class DrillRestore(VerifyBackup verify, AppSettings settings, TimeProvider clock)
{
    /// <summary>04:00 in Riyadh on the first of each month.</summary>
    public const string Schedule = "0 4 1 * *";

    public async Task<Drill> Handle(BackupStore store, CancellationToken stop)
    {
        var name = store.Newest() ?? throw new BackupException("backups.fault.no_backup");
        var at = clock.Instant();
        var watch = Stopwatch.StartNew();
        BackupFault? fault = null;
        var madeAt = store.Status(name)?.At ?? at;
        try
        {
            var manifest = await verify.Handle(name, store, store.Report, stop);
            madeAt = manifest.At;
            store.Report(Progress.Of("restoring"));
            var database = DatabaseBackup.Of(settings);
            if (database.Engine != manifest.Engine)
                throw new BackupException("backups.fault.engine", manifest.Engine, database.Engine);
            await using var saved = new BackupContents(manifest, store, settings).Open(manifest.Database);
            await database.Drill(saved, manifest, stop);
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            fault = BackupFault.Of(failed);
        }

        var drill = new Drill(name, madeAt, at, watch.Elapsed.TotalSeconds, fault);
        store.Keep(drill);
        return drill;
    }
}

/// <summary>Runs the drill by the clock.</summary>
public sealed class DrillJob(Backups backups) : IInvocable, ICancellableInvocable
{
    /// <summary>A machine that was off on the first of the month runs it when it is back.</summary>
    public static readonly TimeSpan LateMax = TimeSpan.FromDays(20);

    public CancellationToken CancellationToken { get; set; }

    public async Task Invoke()
    {
        if ((await backups.Drill(by: null, CancellationToken)).Fault is { } fault)
            throw new BackupException(fault.Key, [.. fault.Args]);
    }
}
