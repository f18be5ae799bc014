using MdcTts.Features.Backups.Pruning;
using MdcTts.Features.Backups.Storing;
using MdcTts.Support;
using Xunit;

namespace MdcTts.Features.Backups;

[Trait("runs", "once")]
public sealed class PruneBackupsTests
{
    private static readonly DateTime Now = Cast.Start.UtcDateTime;

    [Fact]
    public void Whatever_there_is_the_last_good_ones_stay_and_nothing_young_goes()
    {
        var random = new Random(4);
        for (var round = 0; round < 3000; round++)
        {
            var all = Enumerable
                .Range(0, random.Next(0, 12))
                .Select(i => new PruneBackups.Known(
                    $"mdc-{i:00}",
                    random.Next(8) == 0 ? null : Status(Now.AddDays(-random.Next(-3, 80)), random.Next(2) == 0)
                ))
                .ToList();
            var old = PruneBackups.Old(all, Now);

            var newestGood = all.Where(b => b.Status is { IsGood: true })
                .OrderByDescending(b => b.Status!.At)
                .ThenByDescending(b => b.Name, StringComparer.Ordinal)
                .Take(PruneBackups.GoodKept);
            Assert.Empty(newestGood.Select(b => b.Name).Intersect(old));
            Assert.All(
                old,
                name => Assert.True(all.Single(b => b.Name == name).Status!.At < Now.AddDays(-PruneBackups.Days))
            );
            // And it does remove: what is old, and neither among the last good nor among the newest.
            var good = all.Count(b => b.Status is { IsGood: true } s && s.At >= Now.AddDays(-PruneBackups.Days));
            if (good >= PruneBackups.GoodKept)
                Assert.Equal(all.Count(b => b.Status is { } s && s.At < Now.AddDays(-PruneBackups.Days)), old.Count);
        }
    }

    [Fact]
    public async Task Only_what_is_ours_is_deleted()
    {
        var folder = Directory.CreateTempSubdirectory("mdc-prune-").FullName;
        var store = new BackupStore(folder);
        var foreign = new[] { "notes.json", "mdc-2026.json", Path.Combine("blobs", "readme.txt"), "old.dump" }
            .Select(f => Path.Combine(folder, f))
            .ToList();
        Directory.CreateDirectory(Path.Combine(folder, "blobs", "ab"));
        foreach (var file in foreign)
            await File.WriteAllTextAsync(file, "somebody else's");
        var orphan = Path.Combine(folder, "blobs", "ab", "ab" + new string('0', 62));
        await File.WriteAllTextAsync(orphan, "of nobody");
        foreach (var file in foreign.Append(orphan))
            File.SetLastWriteTimeUtc(file, Now.AddYears(-3));

        await new PruneBackups(seals: null!).Handle(store, bucket: null, Now, CancellationToken.None);

        Assert.All(foreign, file => Assert.True(File.Exists(file), file));
        Assert.False(File.Exists(orphan));
        Directory.Delete(folder, recursive: true);
    }

    private static BackupStatus Status(DateTime at, bool good) =>
        new()
        {
            At = at,
            Bytes = 1,
            Files = 0,
            IsEncrypted = false,
            VerifiedAt = at,
            Fault = good ? null : new("backups.fault.cipher", []),
        };
}
