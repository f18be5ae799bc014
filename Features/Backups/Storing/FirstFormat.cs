using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace MdcTts.Features.Backups.Storing;

/// <summary>
/// Reads the files of encrypted backups that were made before <see cref="BackupCipher"/> used libsodium: PBKDF2-SHA256
/// makes a key from the passphrase and a salt, HKDF a key for each file, and AES-256-GCM sealed the file in pieces of
/// 64 KiB whose nonces count and mark the last one.
/// </summary>
/// <remarks>
/// A file: magic, salt, iterations, a check of the passphrase, a number of its own (together <see cref="HeadLength"/>
/// bytes, authenticated by every piece), then the pieces. It can go when no store holds such a backup any more: those
/// older than 30 days are pruned as soon as there are three good newer ones.
/// </remarks>
internal sealed class FirstFormat(byte[] passphrase)
{
    internal const int Piece = 64 * 1024;
    internal const int TagLength = 16;
    internal const int HeadLength = CheckAt + CheckLength + OwnLength;

    private const int SaltAt = BackupCipher.MagicLength;
    private const int IterationsAt = SaltAt + 16;
    private const int CheckAt = IterationsAt + sizeof(int);
    private const int CheckLength = 16;
    private const int OwnLength = 32;

    // Somebody who can write to the store must not make us compute for hours.
    private const int IterationsMax = 10_000_000;

    private readonly ConcurrentDictionary<string, byte[]> _keys = new(StringComparer.Ordinal);

    public static ReadOnlySpan<byte> Magic => "MDCB\u0001"u8;

    /// <summary>The bytes that were encrypted; owns <paramref name="from"/>, which stands behind the magic.</summary>
    /// <exception cref="BackupException">The passphrase is wrong, or the header is incomplete.</exception>
    public Stream Decrypt(Stream from)
    {
        var head = new byte[HeadLength];
        Magic.CopyTo(head);
        var rest = head.AsSpan(Magic.Length);
        var read = from.ReadAtLeast(rest, rest.Length, throwOnEndOfStream: false);
        var iterations = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(IterationsAt));
        if (read < rest.Length || iterations is < 1 or > IterationsMax)
            throw new BackupException("backups.fault.not_encrypted");
        var key = KeyOf(head[SaltAt..IterationsAt], iterations);
        var check = HKDF.DeriveKey(HashAlgorithmName.SHA256, key, CheckLength, info: "check"u8.ToArray());
        if (!CryptographicOperations.FixedTimeEquals(head.AsSpan(CheckAt, CheckLength), check))
            throw new BackupException("backups.fault.passphrase");
        var own = HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 32, head[^OwnLength..], "file"u8.ToArray());
        return new FirstFormatStream(from, own, head);
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
            _ => Rfc2898DeriveBytes.Pbkdf2(passphrase, salt, iterations, HashAlgorithmName.SHA256, 32)
        );
}

internal sealed class FirstFormatStream(Stream from, byte[] key, byte[] head) : OneWayStream
{
    private readonly AesGcm _aes = new(key, FirstFormat.TagLength);
    private readonly byte[] _piece = new byte[FirstFormat.Piece];

    // One byte more than a piece, to see whether another follows.
    private readonly byte[] _sealed = new byte[FirstFormat.Piece + FirstFormat.TagLength + 1];
    private int _held;
    private int _from;
    private int _until;
    private long _number;
    private bool _isLast;

    public override bool CanRead => true;

    public override int Read(Span<byte> buffer)
    {
        if (buffer.Length == 0 || (_from == _until && !Next()))
            return 0;
        var some = Math.Min(buffer.Length, _until - _from);
        _piece.AsSpan(_from, some).CopyTo(buffer);
        _from += some;
        return some;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _aes.Dispose();
            from.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool Next()
    {
        if (_isLast)
            return false;
        _held += from.ReadAtLeast(_sealed.AsSpan(_held), _sealed.Length - _held, throwOnEndOfStream: false);
        _isLast = _held < _sealed.Length;
        var length = (_isLast ? _held : _sealed.Length - 1) - FirstFormat.TagLength;
        Span<byte> nonce = stackalloc byte[12];
        FirstFormat.NonceOf(nonce, _number++, _isLast);
        try
        {
            if (length < 0)
                throw new CryptographicException();
            _aes.Decrypt(
                nonce,
                _sealed.AsSpan(0, length),
                _sealed.AsSpan(length, FirstFormat.TagLength),
                _piece.AsSpan(0, length),
                head
            );
        }
        catch (CryptographicException)
        {
            throw new BackupException("backups.fault.cipher");
        }

        _from = 0;
        _until = length;
        _held = _isLast ? 0 : 1;
        _sealed[0] = _sealed[^1];
        return length > 0 || !_isLast;
    }
}
