using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace MdcTts.Features.Backups.Storing;

/// <summary>
/// Encrypts by a passphrase: PBKDF2-SHA256 makes a key from it and a random salt, HKDF a key for each file, and AES-256-GCM seals the file in pieces of 64 KiB whose nonces count
/// and mark the last one, so that pieces left out, moved or cut off are noticed. Nothing is held whole in memory.
/// </summary>
/// <remarks>A file: magic, salt, iterations, a check of the passphrase, a number of its own (together <see cref="HeadLength"/> bytes, authenticated by every piece), then the pieces.</remarks>
public sealed class BackupCipher
{
    /// <summary>OWASP's least for PBKDF2-SHA256.</summary>
    public const int Iterations = 600_000;

    internal const int Piece = 64 * 1024;
    internal const int TagLength = 16;
    internal const int HeadLength = 5 + SaltLength + sizeof(int) + CheckLength + OwnLength;
    private const int SaltLength = 16;
    private const int CheckLength = 16;
    private const int OwnLength = 32;

    // Whoever can write the store must not make us count for hours.
    private const int MostIterations = 10_000_000;

    private readonly byte[] _passphrase;
    private readonly ConcurrentDictionary<string, byte[]> _keys = new(StringComparer.Ordinal);
    private readonly byte[] _salt;

    /// <param name="passphrase">The operator's.</param>
    /// <param name="salt">Of the backups so far, so that what did not change keeps its name; null: a new one.</param>
    public BackupCipher(string passphrase, byte[]? salt = null)
    {
        _passphrase = Encoding.UTF8.GetBytes(passphrase);
        _salt = salt ?? RandomNumberGenerator.GetBytes(SaltLength);
    }

    /// <summary>The name of a content: always the same under the same passphrase and salt, and telling nothing to others.</summary>
    public string NameOf(byte[] sha256) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Derive(KeyOf(_salt, Iterations), "names"), sha256));

    /// <summary>What is written to the stream arrives encrypted; disposing it writes the last piece and leaves <paramref name="to"/> open.</summary>
    public Stream Encrypt(Stream to)
    {
        var key = KeyOf(_salt, Iterations);
        var (head, own) = (new byte[HeadLength], RandomNumberGenerator.GetBytes(OwnLength));
        "MDCB\u0001"u8.CopyTo(head);
        _salt.CopyTo(head, 5);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(5 + SaltLength), Iterations);
        Derive(key, "check", CheckLength).CopyTo(head, 5 + SaltLength + sizeof(int));
        own.CopyTo(head, HeadLength - OwnLength);
        to.Write(head);
        return new EncryptingStream(to, FileKey(key, own), head);
    }

    /// <summary>The bytes that were encrypted; owns <paramref name="from"/>.</summary>
    /// <exception cref="BackupException">The passphrase is another one, or it is no such file.</exception>
    public Stream Decrypt(Stream from)
    {
        var head = new byte[HeadLength];
        if (
            from.ReadAtLeast(head, HeadLength, throwOnEndOfStream: false) < HeadLength
            || !head.AsSpan().StartsWith("MDCB\u0001"u8)
        )
            throw new BackupException("backups.fault.not_encrypted");
        var iterations = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5 + SaltLength));
        if (iterations is < 1 or > MostIterations)
            throw new BackupException("backups.fault.not_encrypted");
        var key = KeyOf(head[5..(5 + SaltLength)], iterations);
        var check = head.AsSpan(5 + SaltLength + sizeof(int), CheckLength);
        if (!CryptographicOperations.FixedTimeEquals(check, Derive(key, "check", CheckLength)))
            throw new BackupException("backups.fault.passphrase");
        return new DecryptingStream(from, FileKey(key, head[^OwnLength..]), head);
    }

    /// <summary>The salt that a file was encrypted with; null when this passphrase does not open it.</summary>
    public static byte[]? SaltOf(Stream file, string passphrase)
    {
        try
        {
            using var opened = new BackupCipher(passphrase).Decrypt(file);
            return ((DecryptingStream)opened).Head[5..(5 + SaltLength)];
        }
        catch (BackupException)
        {
            return null;
        }
    }

    internal static void NonceOf(Span<byte> nonce, long number, bool isLast)
    {
        nonce.Clear();
        BinaryPrimitives.WriteInt64BigEndian(nonce[3..], number);
        nonce[11] = isLast ? (byte)1 : (byte)0;
    }

    private byte[] KeyOf(byte[] salt, int iterations) =>
        _keys.GetOrAdd(
            $"{iterations} {Convert.ToHexString(salt)}",
            _ => Rfc2898DeriveBytes.Pbkdf2(_passphrase, salt, iterations, HashAlgorithmName.SHA256, 32)
        );

    private static byte[] FileKey(byte[] key, byte[] own) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 32, own, "file"u8.ToArray());

    private static byte[] Derive(byte[] key, string purpose, int length = 32) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, length, info: Encoding.UTF8.GetBytes(purpose));
}
