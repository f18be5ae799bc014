using System.Data.Common;
using MdcTts.Features.Audit;
using MdcTts.Features.Backups.Drilling;
using MdcTts.Features.Backups.Making;
using MdcTts.Features.Backups.Pruning;
using MdcTts.Features.Backups.Storing;
using MdcTts.Features.Backups.Verifying;
using MdcTts.Infrastructure;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Backups;

/// <summary>The whole of each: one at a time in a folder, its progress there for everybody to see, its outcome in the audit log.</summary>
public sealed partial class Backups(
    AppSettings settings,
    ManifestSeal seals,
    TimeProvider clock,
    IServiceScopeFactory scopes,
    ILogger<Backups> log
)
{
    /// <summary>The folder of the settings.</summary>
    public BackupStore Store { get; } = new(settings.Backups.Folder);

    /// <summary>A day and a little: the nightly backup may take its time.</summary>
    public static readonly TimeSpan OldestGood = TimeSpan.FromHours(26);

    /// <summary>No good backup, or none since yesterday.</summary>
    public bool IsOverdue => Store.LastGood() is not { } good || clock.Instant() - good > OldestGood;

    /// <summary>Makes a backup, verifies it, uploads it where there is a bucket, and only then removes old ones.</summary>
    /// <param name="store">Another folder than the settings'; null: theirs.</param>
    /// <param name="by">Who asked for it; null: the clock or the operator.</param>
    /// <param name="stop">Ends it.</param>
    public async Task<Manifest> Make(BackupStore? store, CurrentUser? by, CancellationToken stop)
    {
        store ??= Store;
        using var turn = Turn(store);
        Manifest? manifest = null;
        try
        {
            await ExportFirst(stop);
            manifest = await MakeBackup.Handle(store, settings, seals, clock, store.Report, stop);
            await Verified(store, manifest.Name, stop);
            using var bucket = settings.Backups.Bucket is { } b ? new BucketStore(b) : null;
            if (bucket is not null)
                store.Keep(
                    manifest.Name,
                    store.Status(manifest.Name)! with
                    {
                        Uploaded = await bucket.Upload(manifest, store, store.Report, stop),
                    }
                );
            var pruned = await PruneBackups.Handle(store, bucket, seals, clock.Instant(), stop);
            store.Keep((Failure?)null);
            await Note(
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
            await Note("backup.failed", manifest?.Name ?? "", by, new { fault = failed.Message }, stop);
            throw;
        }
    }

    /// <summary>Verifies one; the fault is remembered with the backup, and thrown.</summary>
    public async Task<Manifest> Verify(BackupStore? store, string name, CurrentUser? by, CancellationToken stop)
    {
        store ??= Store;
        using var turn = Turn(store);
        try
        {
            var manifest = await Verified(store, name, stop);
            await Note("backup.verified", name, by, null, stop);
            return manifest;
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            await Note("backup.verified", name, by, new { fault = failed.Message }, stop);
            throw;
        }
    }

    /// <summary>A restore of the newest backup into a scratch database; its outcome is remembered.</summary>
    public async Task<Drill> Drill(CurrentUser? by, CancellationToken stop)
    {
        using var turn = Turn(Store);
        var drill = await DrillRestore.Handle(Store, settings, seals, clock, Store.Report, stop);
        await Note(
            "backup.drilled",
            drill.Name,
            by,
            new { seconds = Math.Round(drill.Seconds, 1), fault = drill.Fault?.Key },
            stop
        );
        return drill;
    }

    /// <summary>An entry of the audit log. A backup does not fail because the database is away; the log of the process has it then.</summary>
    public async Task Note(string action, string name, CurrentUser? by, object? data, CancellationToken stop)
    {
        Log.Done(log, action, name);
        try
        {
            await WithDb(async db =>
            {
                db.Audit.Add(
                    by is null
                        ? AuditLog.Entry(action, "backup", name, null, clock.Instant(), data: data)
                        : AuditLog.By(by, action, "backup", name, clock.Instant(), data)
                );
                await db.SaveChangesAsync(stop);
            });
        }
        catch (Exception e)
            when (e is DbException or DbUpdateException or InvalidOperationException { InnerException: DbException })
        {
            Log.NotNoted(log, e, action, name);
        }
    }

    private static FileStream Turn(BackupStore store)
    {
        var turn = store.TryLock() ?? throw new BackupException("backups.fault.underway");
        store.Report(new("starting", 0, 0));
        return turn;
    }

    private async Task<Manifest> Verified(BackupStore store, string name, CancellationToken stop)
    {
        BackupFault? fault = null;
        Manifest? manifest = null;
        try
        {
            return manifest = await VerifyBackup.Handle(name, store, settings, seals, store.Report, stop);
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

    // The database has them too: a schema that they cannot be read from must not keep it from being saved.
    private async Task ExportFirst(CancellationToken stop)
    {
        try
        {
            await WithDb(db => ExportSettings.Handle(db, settings, clock, stop));
        }
        catch (DbException unreadable)
        {
            Log.NotExported(log, unreadable);
        }
    }

    private async Task WithDb(Func<AppDb, Task> work)
    {
        await using var scope = scopes.CreateAsyncScope();
        await work(scope.ServiceProvider.GetRequiredService<AppDb>());
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Action} {Name}")]
        public static partial void Done(ILogger logger, string action, string name);

        [LoggerMessage(3, LogLevel.Warning, "The settings could not be written to a file")]
        public static partial void NotExported(ILogger logger, Exception exception);

        [LoggerMessage(2, LogLevel.Warning, "{Action} {Name} could not be written to the audit log")]
        public static partial void NotNoted(ILogger logger, Exception exception, string action, string name);
    }
}
