using MdcTts.Features.Backups.Databases;
using MdcTts.Features.Backups.Storing;
using MdcTts.Features.Backups.Verifying;
using MdcTts.Infrastructure;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Database;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Backups.Restoring;

/// <summary>Brings a backup back: everything is checked and laid out beside the target first, and put in place in one step.</summary>
public static class RestoreBackup
{
    /// <param name="Name">The backup.</param>
    /// <param name="Store">The folder it is in.</param>
    /// <param name="Force">Also over what is there, after a safety backup of it.</param>
    public sealed record Command(string Name, BackupStore Store, bool Force);

    /// <param name="Manifest">What was restored.</param>
    /// <param name="Safety">The backup of what was there before; null: nothing was.</param>
    /// <param name="IsOlder">The schema is of an earlier version: migrate before use.</param>
    public sealed record Outcome(Manifest Manifest, string? Safety, bool IsOlder);

    /// <exception cref="BackupException">Why not; the target is as it was.</exception>
    public static async Task<Outcome> Handle(
        Command command,
        AppSettings settings,
        IServiceProvider services,
        Action<Progress> progress,
        CancellationToken stop
    )
    {
        var (seals, backups) = (services.GetRequiredService<ManifestSeal>(), services.GetRequiredService<Backups>());
        services.GetService<SqliteFile>()?.Lock();
        var store = command.Store;
        if (!File.Exists(store.ManifestPath(command.Name)) && settings.Backups.Bucket is { } b)
        {
            using var bucket = new BucketStore(b);
            await bucket.Fetch(command.Name, store, seals, stop);
        }

        // What is known at once is said at once; the bytes follow.
        var (manifest, database) = (store.Read(command.Name, seals), DatabaseBackup.Of(settings));
        if (database.Engine != manifest.Engine)
            throw new BackupException("backups.fault.engine", manifest.Engine, database.Engine);
        var migrations = Migrations(services);
        if (!migrations.Contains(manifest.Schema))
            throw new BackupException("backups.fault.newer", manifest.Schema, migrations[^1]);
        var isEmpty = await database.IsEmpty(stop) && !DataFiles.Of(settings, store.Folder).Any();
        if (!isEmpty && !command.Force)
            throw new BackupException(
                "backups.fault.not_empty",
                settings.DatabaseUrl is null ? settings.DataDir : "DATABASE_URL, DATA_DIR"
            );
        await database.RefuseWhenInUse(stop);
        await VerifyBackup.Handle(command.Name, store, settings, seals, progress, stop);

        var safety = await database.IsEmpty(stop) ? null : (await backups.Make(null, null, stop)).Name;
        progress(new("restoring", 0, 0));
        await PutInPlace(manifest, database, store, settings, stop);
        DatabaseBackup.Compare(manifest, await database.Marks(stop));
        return new(manifest, safety, manifest.Schema != migrations[^1]);
    }

    private static async Task PutInPlace(
        Manifest manifest,
        DatabaseBackup database,
        BackupStore store,
        AppSettings settings,
        CancellationToken stop
    )
    {
        // On the disk of the target: a rename is one step, a copy is not.
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
        // Some hold links that work: none is for other people of this machine.
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        BackupStore.MakeFolder(Path.GetDirectoryName(path)!);
        await using var content = contents.Open(file.Blob);
        await using var target = new FileStream(path, options);
        await content.CopyToAsync(target, stop);
        target.Flush(flushToDisk: true);
    }

    private static string TopOf(string path) => path.Split('/')[0];

    private static List<string> Migrations(IServiceProvider services)
    {
        using var scope = services.CreateScope();
        return [.. scope.ServiceProvider.GetRequiredService<AppDb>().Database.GetMigrations()];
    }
}
