using MdcTts.Features.Backups.Storing;

namespace MdcTts.Features.Backups.Pruning;

/// <summary>
/// Removes backups older than 30 days, but never the last good ones, and then blobs that no backup names.
/// </summary>
public sealed class PruneBackups(ManifestSeal seals)
{
    public const int Days = 30;
    public const int GoodKept = 3;

    /// <summary>A backup as the rule sees it.</summary>
    /// <param name="Status">Null when nothing is known of it.</param>
    public sealed record Known(string Name, BackupStatus? Status);

    /// <summary>The names to remove. The newest backups stay even where none is good.</summary>
    public static IReadOnlyList<string> Old(IEnumerable<Known> backups, DateTime now)
    {
        var all = backups
            .OrderByDescending(b => b.Status?.At)
            .ThenByDescending(b => b.Name, StringComparer.Ordinal)
            .ToList();
        var kept = all.Where(b => b.Status is { IsGood: true })
            .Take(GoodKept)
            .Concat(all.Take(GoodKept))
            .Select(b => b.Name)
            .ToHashSet(StringComparer.Ordinal);
        return
        [
            .. all.Where(b => b.Status is { } s && s.At < now.AddDays(-Days) && !kept.Contains(b.Name))
                .Select(b => b.Name),
        ];
    }

    public async Task<IReadOnlyList<string>> Handle(
        BackupStore store,
        BucketStore? bucket,
        DateTime now,
        CancellationToken stop
    )
    {
        var old = Old(store.Names().Select(n => new Known(n, store.Status(n))), now);
        foreach (var name in old)
            store.Delete(name);

        try
        {
            var named = store
                .Names()
                .SelectMany(n => store.Read(n, seals).Blobs)
                .Select(b => b.Name)
                .ToHashSet(StringComparer.Ordinal);
            foreach (var blob in store.AllBlobs().Where(b => !named.Contains(b)).ToList())
                store.DeleteBlob(blob);
            if (bucket is not null && old.Count > 0)
                await Prune(bucket, old, named, stop);
        }
        catch (BackupException)
        {
            // A manifest that cannot be read may name any blob, so none is removed until somebody has looked at it.
        }

        return old;
    }

    // Other installations may keep backups in the same bucket: the blobs that their manifests name stay.
    private async Task Prune(
        BucketStore bucket,
        IReadOnlyList<string> old,
        HashSet<string> named,
        CancellationToken stop
    )
    {
        foreach (var name in (await bucket.Names(stop)).Except(old))
            named.UnionWith(seals.Read(await bucket.Manifest(name, stop), name).Blobs.Select(b => b.Name));
        await bucket.Prune(old, named, stop);
    }
}
