using System.Data.Common;
using MdcTts.Features.Backups.Drilling;
using MdcTts.Features.Backups.Making;
using MdcTts.Features.Backups.Pruning;
using MdcTts.Features.Backups.Storing;
using MdcTts.Features.Backups.Verifying;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Backups;

/// <summary>
/// Runs backups, verifications and drills: one at a time for each folder. The progress stands in the folder for other
/// processes to see, and the outcome in the audit log.
/// </summary>
public sealed partial class Backups(
    AppSettings settings,
    MakeBackup make,
    VerifyBackup verify,
    PruneBackups prune,
    DrillRestore drill,
    TimeProvider clock,
    IServiceScopeFactory scopes,
    ILogger<Backups> log
)
{
    /// <summary>The folder of the settings.</summary>
    public BackupStore Store { get; } = new(settings.Backups.Folder);

    /// <summary>More than a day, because the nightly backup may take some time.</summary>
    public static readonly TimeSpan OldestGood = TimeSpan.FromHours(26);

    /// <summary>No good backup, or none since yesterday.</summary>
    public bool IsOverdue => Store.LastGood() is not { } good || clock.Instant() - good > OldestGood;

    /// <summary>
    /// Makes a backup, verifies it, uploads it where there is a bucket, and only then removes old ones.
    /// </summary>
    /// <param name="store">Null for the folder of the settings.</param>
    /// <param name="by">Null for the clock or the operator.</param>
    public async Task<Manifest> Make(BackupStore? store, CurrentUser? by, CancellationToken stop)
    {
        store ??= Store;
        using var locked = Lock(store);
        Manifest? manifest = null;
        try
        {
            await ExportFirst(stop);
            manifest = await make.Handle(store, stop);
            await Verified(store, manifest.Name, stop);
            using var bucket = settings.Backups.Bucket is { } b ? new BucketStore(b) : null;
            if (bucket is not null)
            {
                var uploaded = await bucket.Upload(manifest, store, store.Report, stop);
                store.Keep(manifest.Name, store.Status(manifest.Name)! with { Uploaded = uploaded });
            }

            var pruned = await prune.Handle(store, bucket, clock.Instant(), stop);
            store.Keep(failure: null);
            await Record(
                "backup.made",
                manifest.Name,
                by,
                new
                {
                    bytes = store.Status(manifest.Name)!.Bytes,
                    files = manifest.Files.Count,
                    manifest.Schema,
                    manifest.IsEncrypted,
                    pruned,
                },
                stop
            );
            return manifest;
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            store.Keep(new Failure(clock.Instant(), BackupFault.Of(failed)));
            await Record("backup.failed", manifest?.Name ?? "", by, new { fault = failed.Message }, stop);
            throw;
        }
    }

    /// <summary>Verifies one backup; a fault is kept with the backup, and thrown.</summary>
    public async Task<Manifest> Verify(BackupStore? store, string name, CurrentUser? by, CancellationToken stop)
    {
        store ??= Store;
        using var locked = Lock(store);
        try
        {
            var manifest = await Verified(store, name, stop);
            await Record("backup.verified", name, by, data: null, stop);
            return manifest;
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            await Record("backup.verified", name, by, new { fault = failed.Message }, stop);
            throw;
        }
    }

    /// <summary>Restores the newest backup into a scratch database and keeps the outcome.</summary>
    public async Task<Drill> Drill(CurrentUser? by, CancellationToken stop)
    {
        using var locked = Lock(Store);
        var drilled = await drill.Handle(Store, stop);
        await Record(
            "backup.drilled",
            drilled.Name,
            by,
            new { seconds = Math.Round(drilled.Seconds, 1), fault = drilled.Fault?.Key },
            stop
        );
        return drilled;
    }

    /// <summary>
    /// Writes an entry of the audit log. Where the database cannot be reached, only the log of the process has it: the
    /// backup does not fail for that.
    /// </summary>
    public async Task Record(string action, string name, CurrentUser? by, object? data, CancellationToken stop)
    {
        Log.Done(log, action, name);
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<AppDb>();
            db.Audit.Add(
                by is null
                    ? AuditLog.Entry(action, "backup", name, actorId: null, clock.Instant(), data: data)
                    : AuditLog.By(by, action, "backup", name, clock.Instant(), data)
            );
            await db.SaveChangesAsync(stop);
        }
        catch (Exception e)
            when (e is DbException or DbUpdateException or InvalidOperationException { InnerException: DbException })
        {
            Log.NotRecorded(log, e, action, name);
        }
    }

    private static FileStream Lock(BackupStore store)
    {
        var locked = store.TryLock() ?? throw new BackupException("backups.fault.underway");
        store.Report(Progress.Of("starting"));
        return locked;
    }

    private async Task<Manifest> Verified(BackupStore store, string name, CancellationToken stop)
    {
        BackupFault? fault = null;
        Manifest? manifest = null;
        try
        {
            return manifest = await verify.Handle(name, store, store.Report, stop);
        }
        catch (BackupException wrong) when (wrong.IsDamage)
        {
            fault = wrong.Fault;
            throw;
        }
        finally
        {
            var status = store.Status(name) ?? (manifest is null ? null : MakeBackup.StatusOf(manifest));
            if (status is not null && (manifest is not null || fault is not null))
                store.Keep(name, status with { VerifiedAt = clock.Instant(), Fault = fault, IsAsked = false });
        }
    }

    // The backup of the database has the settings too, so a schema that they cannot be read from must not stop it.
    private async Task ExportFirst(CancellationToken stop)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<ExportSettings>().Handle(stop);
        }
        catch (DbException unreadable)
        {
            Log.NotExported(log, unreadable);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Action} {Name}")]
        public static partial void Done(ILogger logger, string action, string name);

        [LoggerMessage(3, LogLevel.Warning, "The settings could not be written to a file")]
        public static partial void NotExported(ILogger logger, Exception exception);

        [LoggerMessage(2, LogLevel.Warning, "{Action} {Name} could not be written to the audit log")]
        public static partial void NotRecorded(ILogger logger, Exception exception, string action, string name);
    }
}
