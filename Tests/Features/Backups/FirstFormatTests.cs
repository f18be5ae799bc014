using MdcTts.Features.Backups.Storing;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace MdcTts.Features.Backups;

/// <summary>A backup that was made and encrypted before libsodium, in the folder beside this file.</summary>
[Trait("runs", "once")]
public sealed class FirstFormatTests : IDisposable
{
    private const string Name = "mdc-20261122T093000Z";
    private const string Passphrase = "correct horse battery";
    private const int Piece = FirstFormat.Piece + FirstFormat.TagLength;

    private readonly BackupStore _store = new(Directory.CreateTempSubdirectory("mdc-backups-").FullName);

    public FirstFormatTests()
    {
        var kept = Repository.Path("Tests/Features/Backups/FirstFormat");
        foreach (var file in Directory.EnumerateFiles(kept, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(_store.Folder, Path.GetRelativePath(kept, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    public void Dispose() => Directory.Delete(_store.Folder, recursive: true);

    [SqliteFact]
    public async Task It_is_restored_and_the_next_backup_is_of_today()
    {
        await using var target = await RestoreTarget.Make(
            ("BACKUP_DIR", _store.Folder),
            ("BACKUP_PASSPHRASE", Passphrase)
        );

        var restored = await target.Restore(Name, _store);

        Assert.Equal(
            ["Kept since the first format"],
            await target.Db(db =>
                db.Database.SqlQueryRaw<string>("SELECT \"Title\" AS \"Value\" FROM \"Transactions\"").ToListAsync()
            )
        );
        Assert.Equal(Mail, await File.ReadAllBytesAsync(Path.Combine(target.Settings.DataDir, "mail/1.eml")));

        await target.Db(async db =>
        {
            await db.Database.MigrateAsync();
            return true;
        });
        var next = await target.Backups.Make(null, null, CancellationToken.None);
        Assert.Equal(Name, next.Previous);
        Assert.Empty(next.Blobs.Select(b => b.Name).Intersect(restored.Manifest.Blobs.Select(b => b.Name)));
        Assert.All(
            next.Blobs,
            b => Assert.Equal("MDCB\u0002"u8, File.ReadAllBytes(_store.BlobPath(b.Name)).AsSpan(0, 5))
        );
    }

    [SqliteFact]
    public async Task It_needs_its_passphrase()
    {
        await using var target = await RestoreTarget.Make(
            ("BACKUP_DIR", _store.Folder),
            ("BACKUP_PASSPHRASE", "correct horse batterie")
        );

        var refused = await Assert.ThrowsAsync<BackupException>(() => target.Restore(Name, _store));

        Assert.Contains("is not the passphrase", refused.Message, StringComparison.Ordinal);
        Assert.True(await target.Tables.IsEmpty(CancellationToken.None));
    }

    [Fact]
    public void Any_flipped_byte_is_noticed()
    {
        var whole = File.ReadAllBytes(FileOfTwoPieces);
        Assert.Equal(Mail, Decrypt(whole));
        // Not the number of rounds: it is authenticated as well, but another one takes its time.
        foreach (
            var at in new[]
            {
                0,
                3,
                4,
                5,
                25,
                60,
                FirstFormat.HeadLength - 1,
                FirstFormat.HeadLength,
                FirstFormat.HeadLength + Piece - 1,
                FirstFormat.HeadLength + Piece,
                whole.Length - 1,
            }
        )
        {
            var changed = (byte[])whole.Clone();
            changed[at] ^= 1;
            Assert.Throws<BackupException>(() => Decrypt(changed));
        }
    }

    [Fact]
    public void Pieces_cut_off_left_out_moved_or_added_are_noticed()
    {
        var whole = File.ReadAllBytes(FileOfTwoPieces);
        var head = whole[..FirstFormat.HeadLength];
        var one = whole[FirstFormat.HeadLength..(FirstFormat.HeadLength + Piece)];
        var last = whole[(FirstFormat.HeadLength + Piece)..];
        foreach (
            byte[] changed in new byte[][]
            {
                head[..10],
                head,
                [.. head, .. one],
                [.. head, .. last],
                [.. head, .. one, .. last[..^1]],
                [.. head, .. last, .. one],
                [.. head, .. one, .. one, .. last],
                [.. whole, .. last],
                [.. whole, 0],
            }
        )
        {
            Assert.Throws<BackupException>(() => Decrypt(changed));
        }
    }

    private static byte[] Mail => [.. Enumerable.Range(0, 65_600).Select(i => (byte)(i * 7))];

    private string FileOfTwoPieces =>
        Directory
            .EnumerateFiles(_store.Folder, "*", SearchOption.AllDirectories)
            .Single(f => new FileInfo(f).Length == FirstFormat.HeadLength + Mail.Length + (2 * FirstFormat.TagLength));

    private static byte[] Decrypt(byte[] bytes)
    {
        using var from = new BackupCipher(Passphrase).Decrypt(new MemoryStream(bytes));
        using var content = new MemoryStream();
        from.CopyTo(content, 777);
        return content.ToArray();
    }
}
