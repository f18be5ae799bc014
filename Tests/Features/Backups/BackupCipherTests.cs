using System.Security.Cryptography;
using MdcTts.Features.Backups.Storing;
using Xunit;

namespace MdcTts.Features.Backups;

[Trait("runs", "once")]
public sealed class BackupCipherTests
{
    private const int Piece = BackupCipher.Piece + BackupCipher.TagLength;

    private static readonly BackupCipher Cipher = new("correct horse battery");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(BackupCipher.Piece - 1)]
    [InlineData(BackupCipher.Piece)]
    [InlineData(BackupCipher.Piece + 1)]
    [InlineData(3 * BackupCipher.Piece)]
    [InlineData(200_001)]
    public void What_goes_in_comes_out(int length)
    {
        var content = RandomNumberGenerator.GetBytes(length);
        var sealed1 = Encrypt(content);
        Assert.Equal(content, Decrypt(sealed1));
        Assert.NotEqual(sealed1, Encrypt(content));
        Assert.Equal(
            BackupCipher.HeadLength
                + length
                + BackupCipher.TagLength * Math.Max(1, (length + BackupCipher.Piece - 1) / BackupCipher.Piece),
            sealed1.Length
        );
    }

    [Fact]
    public void Any_flipped_byte_is_noticed()
    {
        var whole = Encrypt(RandomNumberGenerator.GetBytes(70_000));
        // Version, salt, passes (21 to 24), memory (25 to 28), check, header, pieces.
        foreach (
            var at in new[]
            {
                0,
                3,
                4,
                5,
                21,
                24,
                25,
                28,
                29,
                45,
                BackupCipher.HeadLength - 1,
                BackupCipher.HeadLength,
                BackupCipher.HeadLength + Piece - 1,
                BackupCipher.HeadLength + Piece,
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
        var whole = Encrypt(RandomNumberGenerator.GetBytes(3 * BackupCipher.Piece + 10));
        var (head, one, two, three, last) = (
            whole[..BackupCipher.HeadLength],
            Part(0),
            Part(1),
            Part(2),
            whole[(BackupCipher.HeadLength + 3 * Piece)..]
        );
        foreach (
            byte[] changed in new byte[][]
            {
                [.. head, .. one, .. two, .. three],
                [.. head, .. one],
                head,
                [.. head, .. one, .. two, .. three, .. last[..^1]],
                [.. head, .. two, .. one, .. three, .. last],
                [.. head, .. one, .. three, .. last],
                [.. whole, .. last],
                [.. whole, 0],
                [.. head, .. last],
            }
        )
        {
            Assert.Throws<BackupException>(() => Decrypt(changed));
        }

        byte[] Part(int number) =>
            whole[(BackupCipher.HeadLength + number * Piece)..(BackupCipher.HeadLength + (number + 1) * Piece)];
    }

    [Fact]
    public void Another_passphrase_is_told_from_damage()
    {
        var bytes = Encrypt([1, 2, 3]);
        Assert.Equal(
            "backups.fault.passphrase",
            Assert
                .Throws<BackupException>(() =>
                    new BackupCipher("correct horse batterie").Decrypt(new MemoryStream(bytes))
                )
                .Fault.Key
        );
        Assert.Null(BackupCipher.SaltOf(new MemoryStream(bytes), "correct horse batterie"));
        var again = new BackupCipher(
            "correct horse battery",
            BackupCipher.SaltOf(new MemoryStream(bytes), "correct horse battery")
        );
        Assert.Equal(Cipher.NameOf([7]), again.NameOf([7]));
        Assert.NotEqual(Cipher.NameOf([7]), new BackupCipher("correct horse battery").NameOf([7]));
    }

    private static byte[] Encrypt(byte[] content)
    {
        using var to = new MemoryStream();
        using (var sealing = Cipher.Encrypt(to))
            new MemoryStream(content).CopyTo(sealing, 1000);
        return to.ToArray();
    }

    private static byte[] Decrypt(byte[] bytes)
    {
        using var from = Cipher.Decrypt(new MemoryStream(bytes));
        using var content = new MemoryStream();
        from.CopyTo(content, 777);
        return content.ToArray();
    }
}
