using MdcTts.Features.Backups.Databases;
using MdcTts.Features.Backups.Storing;
using MdcTts.Features.Backups.Verifying;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Database;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Backups.Restoring;

/// <summary>
/// Restores a backup: checks everything and prepares it beside the target, and then puts it in place in one step.
/// </summary>
public sealed class RestoreBackup(
    AppDb db,
    AppSettings settings,
    ManifestSeal seals,
    Backups backups,
    VerifyBackup verify,
    SqliteFile? sqlite = null
)
{
    /// <param name="Store">The folder that the backup is in.</param>
    /// <param name="Force">Overwrites existing data, after a safety backup of it.</param>
    public sealed record Command(string Name, BackupStore Store, bool Force);

    /// <param name="Safety">The backup of what was there before; null when nothing was.</param>
    /// <param name="IsOlder">The schema is of an earlier version: migrate before use.</param>
    public sealed record Outcome(Manifest Manifest, string? Safety, bool IsOlder);

    /// <exception cref="BackupException">Why not; the target is as it was.</exception>
    public async Task<Outcome> Handle(Command command, CancellationToken stop)
    {
        sqlite?.Lock();
        var store = command.Store;
        if (!File.Exists(store.ManifestPath(command.Name)) && settings.Backups.Bucket is { } b)
        {
            using var bucket = new BucketStore(b);
            await bucket.Fetch(command.Name, store, seals, stop);
        }

        // The quick checks come before the hashing, which may take hours.
        var manifest = store.Read(command.Name, seals);
        var database = DatabaseBackup.Of(settings);
        if (database.Engine != manifest.Engine)
            throw new BackupException("backups.fault.engine", manifest.Engine, database.Engine);
        var migrations = db.Database.GetMigrations().ToList();
        if (!migrations.Contains(manifest.Schema))
            throw new BackupException("backups.fault.newer", manifest.Schema, migrations[^1]);
        var isEmpty = await database.IsEmpty(stop) && !DataFiles.Of(settings, store.Folder).Any();
        if (!isEmpty && !command.Force)
            throw new BackupException(
                "backups.fault.not_empty",
                settings.DatabaseUrl is null ? settings.DataDir : "DATABASE_URL, DATA_DIR"
            );
        await database.RefuseWhenInUse(stop);
        await verify.Handle(command.Name, store, progress: _ => { }, stop);

        var hasData = !await database.IsEmpty(stop);
        var safety = hasData ? (await backups.Make(store: null, by: null, stop)).Name : null;
        await PutInPlace(manifest, database, store, stop);
        DatabaseBackup.Compare(manifest, await database.Marks(stop));
        return new(manifest, safety, manifest.Schema != migrations[^1]);
    }

    private async Task PutInPlace(Manifest manifest, DatabaseBackup database, BackupStore store, CancellationToken stop)
    {
        // On the disk of the target, because a rename is one step and a copy is not.
        var stage = Directory
            .CreateDirectory(Path.Combine(settings.DataDir, DataFiles.Unfinished + Guid.NewGuid().ToString("N")))
            .FullName;
        var (files, aside) = (Path.Combine(stage, "files"), Path.Combine(stage, "aside"));
        try
        {
            var contents = new BackupContents(manifest, store, settings);
            await using (var saved = contents.Open(manifest.Database))
                await database.Stage(saved, manifest, stage, stop);
            foreach (var file in manifest.Files)
                await Stage(manifest, file, files, contents, stop);

            using var swap = new FileSwap(aside);
            foreach (var old in DataFiles.Of(settings, store.Folder).Select(TopOf).Distinct().ToList())
                swap.Remove(Path.Combine(settings.DataDir, old));
            foreach (var name in manifest.Files.Select(f => TopOf(f.Path)).Distinct())
                swap.Replace(Path.Combine(files, name), Path.Combine(settings.DataDir, name));
            await database.Commit(manifest, stage, swap, stop);
            swap.Keep();
        }
        finally
        {
            Directory.Delete(stage, recursive: true);
        }
    }

    private static async Task Stage(
        Manifest manifest,
        BackedUpFile file,
        string folder,
        BackupContents contents,
        CancellationToken stop
    )
    {
        var path = Path.GetFullPath(Path.Combine(folder, file.Path));
        if (!path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new BackupException("backups.fault.manifest", manifest.Name);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        // Some files hold links that work, so other accounts of this machine must not read them.
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        BackupStore.MakeFolder(Path.GetDirectoryName(path)!);
        await using var content = contents.Open(file.Blob);
        await using var target = new FileStream(path, options);
        await content.CopyToAsync(target, stop);
        target.Flush(flushToDisk: true);
    }

    private static string TopOf(string path) => path.Split('/')[0];
}
