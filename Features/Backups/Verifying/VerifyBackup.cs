using MdcTts.Features.Backups.Databases;
using MdcTts.Features.Backups.Storing;
using MdcTts.Infrastructure.Configuration;

namespace MdcTts.Features.Backups.Verifying;

/// <summary>
/// Compares a backup with its manifest: hashes every byte again, and reads the saved database to its end.
/// </summary>
public sealed class VerifyBackup(AppSettings settings, ManifestSeal seals)
{
    /// <exception cref="BackupException">Names the first thing that is wrong.</exception>
    public async Task<Manifest> Handle(
        string name,
        BackupStore store,
        Action<Progress> progress,
        CancellationToken stop
    )
    {
        var manifest = store.Read(name, seals);
        var blobs = manifest
            .Files.Select(f => (f.Blob, What: f.Path))
            .Prepend((Blob: manifest.Database, What: "database"))
            .DistinctBy(b => b.Blob.Name)
            .ToList();
        for (var i = 0; i < blobs.Count; i++)
        {
            progress(new("verifying", i, blobs.Count));
            if (await store.FaultOf(blobs[i].Blob, blobs[i].What, stop) is { } fault)
                throw new BackupException(fault.Key, [.. fault.Args]);
        }

        progress(Progress.Of("reading"));
        await using var saved = new BackupContents(manifest, store, settings).Open(manifest.Database);
        await DatabaseOf(manifest).Check(saved, manifest, stop);
        return manifest;
    }

    // A backup of the other engine can still be read.
    private DatabaseBackup DatabaseOf(Manifest manifest)
    {
        var own = DatabaseBackup.Of(settings);
        return own.Engine == manifest.Engine ? own
            : manifest.Engine == "sqlite" ? new SqliteBackup(settings.DataDir)
            : new PostgresBackup("postgres://localhost/none");
    }
}
