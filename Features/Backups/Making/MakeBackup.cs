using MdcTts.Features.Backups.Databases;
using MdcTts.Features.Backups.Storing;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Saudi;

namespace MdcTts.Features.Backups.Making;

/// <summary>
/// Makes one backup: the database first, then the files, so that no row in it names a file that it lacks.
/// </summary>
public sealed class MakeBackup(AppSettings settings, ManifestSeal seals, TimeProvider clock)
{
    public async Task<Manifest> Handle(BackupStore store, CancellationToken stop)
    {
        var at = clock.Instant();
        var name = store.NewName(at);
        var earlier = Earlier(store);
        var cipher = settings.Backups.Passphrase is { } passphrase
            ? new BackupCipher(passphrase, SaltOf(earlier, store, passphrase))
            : null;
        var known = earlier
            .Where(m => m.IsEncrypted == cipher is not null)
            .SelectMany(m => m.Blobs)
            .GroupBy(b => b.Name, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        var writer = new BlobWriter(store, cipher, known);
        var database = DatabaseBackup.Of(settings);

        store.Report(Progress.Of("database"));
        Snapshot snapshot = null!;
        var saved = await writer.Put(async to => snapshot = await database.Save(to, stop), stop);

        var files = new List<BackedUpFile>();
        var paths = DataFiles.Of(settings, store.Folder).ToList();
        foreach (var path in paths)
        {
            store.Report(new("files", files.Count, paths.Count));
            try
            {
                files.Add(new(path, await writer.Put(Path.Combine(settings.DataDir, path), stop)));
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                // A job purged the file meanwhile and will purge its row too.
            }
        }

        var manifest = new Manifest
        {
            Name = name,
            At = at,
            AppVersion = Infrastructure.Configuration.AppVersion.Current,
            Engine = database.Engine,
            Schema = snapshot.Schema,
            Previous = earlier.FirstOrDefault()?.Name,
            IsEncrypted = cipher is not null,
            Tables = snapshot.Tables,
            Database = saved,
            Files = files,
        };
        store.Keep(name, seals.Write(manifest));
        store.Keep(name, StatusOf(manifest));
        return manifest;
    }

    /// <summary>What is known of a backup from its manifest alone.</summary>
    public static BackupStatus StatusOf(Manifest manifest) =>
        new()
        {
            At = manifest.At,
            Bytes = manifest.Blobs.Sum(b => b.Length),
            Files = manifest.Files.Count,
            IsEncrypted = manifest.IsEncrypted,
        };

    // Skips a manifest that cannot be read: verification reports it.
    private List<Manifest> Earlier(BackupStore store)
    {
        var all = new List<Manifest>();
        foreach (var name in store.Names())
        {
            try
            {
                all.Add(store.Read(name, seals));
            }
            catch (BackupException)
            {
                continue;
            }
        }

        return all;
    }

    private static byte[]? SaltOf(List<Manifest> earlier, BackupStore store, string passphrase)
    {
        if (
            earlier.FirstOrDefault(m => m.IsEncrypted) is not { } last
            || !File.Exists(store.BlobPath(last.Database.Name))
        )
            return null;
        using var file = store.OpenBlob(last.Database);
        return BackupCipher.SaltOf(file, passphrase);
    }
}
