using MdcTts.Features.Backups.Databases;
using MdcTts.Features.Backups.Storing;
using MdcTts.Infrastructure;
using MdcTts.Infrastructure.Configuration;

namespace MdcTts.Features.Backups.Verifying;

/// <summary>Holds a backup against its manifest: every byte hashed again, and the saved database read to its end.</summary>
public static class VerifyBackup
{
    /// <exception cref="BackupException">Names the first thing that is wrong.</exception>
    public static async Task<Manifest> Handle(
        string name,
        BackupStore store,
        AppSettings settings,
        ManifestSeal seals,
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

        progress(new("reading", 0, 0));
        await using var saved = new BackupContents(manifest, store, settings).Open(manifest.Database);
        await DatabaseOf(manifest, settings).Check(saved, manifest, stop);
        return manifest;
    }

    // Made on the other engine, it can still be read.
    private static DatabaseBackup DatabaseOf(Manifest manifest, AppSettings settings)
    {
        var own = DatabaseBackup.Of(settings);
        return own.Engine == manifest.Engine ? own
            : manifest.Engine == "sqlite" ? new SqliteBackup(settings.DataDir)
            : new PostgresBackup("postgres://localhost/none");
    }
}
