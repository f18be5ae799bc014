using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Geralt;

namespace MdcTts.Features.Backups.Storing;

/// <summary>
/// Encrypts by a passphrase with libsodium: Argon2id makes a key from it and a random salt, and secretstream
/// (XChaCha20-Poly1305) seals each file in pieces of 64 KiB, so that pieces left out, moved, added or cut off are
/// noticed. Nothing is held whole in memory.
/// </summary>
/// <remarks>
/// A file is a head of <see cref="HeadLength"/> bytes (magic and version, salt, passes, memory, a check of the
/// passphrase, the header of secretstream), which every piece authenticates, then the pieces.
/// Files of the format before this one can still be read: <see cref="FirstFormat"/>.
/// </remarks>
public sealed class BackupCipher
{
    /// <summary>Passes of Argon2id. With <see cref="Kibibytes"/>, RFC 9106's choice where memory is scarce.</summary>
    public const int Passes = 3;

    /// <summary>Memory of Argon2id in KiB: 64 MiB, which a pod with a limit of 1 GiB can spare.</summary>
    public const int Kibibytes = 64 * 1024;

    internal const int Piece = 64 * 1024;
    internal const int TagLength = IncrementalXChaCha20Poly1305.TagSize;
    internal const int HeadLength = StreamAt + IncrementalXChaCha20Poly1305.HeaderSize;

    internal const int MagicLength = 5;
    private const int SaltAt = MagicLength;
    private const int PassesAt = SaltAt + Argon2id.SaltSize;
    private const int KibibytesAt = PassesAt + sizeof(int);
    private const int CheckAt = KibibytesAt + sizeof(int);
    private const int CheckLength = 16;
    private const int StreamAt = CheckAt + CheckLength;

    // Somebody who can write to the store must not make us compute for hours or use all memory.
    private const int PassesMax = 10;
    private const int KibibytesMin = 8;
    private const int KibibytesMax = 256 * 1024;

    private readonly byte[] _passphrase;
    private readonly FirstFormat _firstFormat;
    private readonly ConcurrentDictionary<string, byte[]> _keys = new(StringComparer.Ordinal);
    private readonly byte[] _salt;

    /// <param name="salt">
    /// The salt of earlier backups, so that unchanged content keeps its name; null for a new one.
    /// </param>
    public BackupCipher(string passphrase, byte[]? salt = null)
    {
        _passphrase = Encoding.UTF8.GetBytes(passphrase);
        _firstFormat = new(_passphrase);
        _salt = salt ?? RandomNumberGenerator.GetBytes(Argon2id.SaltSize);
    }

    private static ReadOnlySpan<byte> Magic => "MDCB\u0002"u8;

    /// <summary>
    /// The name of a content: always the same under the same passphrase and salt, and telling nothing to others.
    /// </summary>
    public string NameOf(byte[] sha256) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Derive(KeyOf(_salt, Passes, Kibibytes), "names"), sha256));

    /// <summary>
    /// What is written to the stream arrives encrypted; disposing it writes the last piece and leaves
    /// <paramref name="to"/> open.
    /// </summary>
    public Stream Encrypt(Stream to)
    {
        var key = KeyOf(_salt, Passes, Kibibytes);
        var head = new byte[HeadLength];
        Magic.CopyTo(head);
        _salt.CopyTo(head, SaltAt);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(PassesAt), Passes);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(KibibytesAt), Kibibytes);
        CheckOf(key).CopyTo(head, CheckAt);
        var cipher = new IncrementalXChaCha20Poly1305(head.AsSpan(StreamAt), StreamKey(key), encryption: true);
        to.Write(head);
        return new EncryptingStream(to, cipher, head);
    }

    /// <summary>The bytes that were encrypted; owns <paramref name="from"/>.</summary>
    /// <exception cref="BackupException">The passphrase is wrong, or this app did not encrypt the file.</exception>
    public Stream Decrypt(Stream from)
    {
        var magic = MagicOf(from);
        if (magic.AsSpan().SequenceEqual(FirstFormat.Magic))
            return _firstFormat.Decrypt(from);
        var (head, key) = Open(magic, from);
        var cipher = new IncrementalXChaCha20Poly1305(head.AsSpan(StreamAt), StreamKey(key), encryption: false);
        return new DecryptingStream(from, cipher, head);
    }

    /// <summary>
    /// The salt that a file was encrypted with; null when this passphrase does not open it, or it has the first format.
    /// </summary>
    public static byte[]? SaltOf(Stream file, string passphrase)
    {
        try
        {
            return new BackupCipher(passphrase).Open(MagicOf(file), file).Head[SaltAt..PassesAt];
        }
        catch (BackupException)
        {
            return null;
        }
    }

    private static byte[] MagicOf(Stream from)
    {
        var magic = new byte[MagicLength];
        return from.ReadAtLeast(magic, MagicLength, throwOnEndOfStream: false) == MagicLength
            ? magic
            : throw new BackupException("backups.fault.not_encrypted");
    }

    private (byte[] Head, byte[] Key) Open(byte[] magic, Stream from)
    {
        var head = new byte[HeadLength];
        magic.CopyTo(head, 0);
        var rest = head.AsSpan(MagicLength);
        var read = from.ReadAtLeast(rest, rest.Length, throwOnEndOfStream: false);
        var passes = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(PassesAt));
        var kibibytes = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(KibibytesAt));
        if (
            read < rest.Length
            || !magic.AsSpan().SequenceEqual(Magic)
            || passes is < 1 or > PassesMax
            || kibibytes is < KibibytesMin or > KibibytesMax
        )
            throw new BackupException("backups.fault.not_encrypted");
        var key = KeyOf(head[SaltAt..PassesAt], passes, kibibytes);
        return CryptographicOperations.FixedTimeEquals(head.AsSpan(CheckAt, CheckLength), CheckOf(key))
            ? (head, key)
            : throw new BackupException("backups.fault.passphrase");
    }

    private byte[] KeyOf(byte[] salt, int passes, int kibibytes) =>
        _keys.GetOrAdd(
            $"{passes} {kibibytes} {Convert.ToHexString(salt)}",
            _ =>
            {
                var key = new byte[Argon2id.KeySize];
                Argon2id.DeriveKey(key, _passphrase, salt, passes, kibibytes * 1024);
                return key;
            }
        );

    private static byte[] CheckOf(byte[] key) => Derive(key, "check", CheckLength);

    private static byte[] StreamKey(byte[] key) => Derive(key, "stream");

    private static byte[] Derive(byte[] key, string purpose, int length = 32) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, length, info: Encoding.UTF8.GetBytes(purpose));
}
