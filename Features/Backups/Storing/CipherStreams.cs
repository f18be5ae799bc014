using System.Security.Cryptography;

namespace MdcTts.Features.Backups.Storing;

/// <summary>A stream one way only.</summary>
internal abstract class OneWayStream : Stream
{
    public override bool CanSeek => false;
    public override bool CanRead => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer) => throw new NotSupportedException();

    public override void Flush() { }
}

internal sealed class EncryptingStream(Stream to, byte[] key, byte[] head) : OneWayStream
{
    private readonly AesGcm _aes = new(key, BackupCipher.TagLength);
    private readonly byte[] _piece = new byte[BackupCipher.Piece];
    private readonly byte[] _sealed = new byte[BackupCipher.Piece + BackupCipher.TagLength];
    private int _filled;
    private long _number;
    private bool _isDone;

    public override bool CanWrite => true;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            // Only when more follows: the last piece, full or not, is marked as such.
            if (_filled == _piece.Length)
                Seal(isLast: false);
            var some = Math.Min(buffer.Length, _piece.Length - _filled);
            buffer[..some].CopyTo(_piece.AsSpan(_filled));
            _filled += some;
            buffer = buffer[some..];
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDone)
        {
            _isDone = true;
            Seal(isLast: true);
            _aes.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Seal(bool isLast)
    {
        Span<byte> nonce = stackalloc byte[12];
        BackupCipher.NonceOf(nonce, _number++, isLast);
        _aes.Encrypt(
            nonce,
            _piece.AsSpan(0, _filled),
            _sealed.AsSpan(0, _filled),
            _sealed.AsSpan(_filled, BackupCipher.TagLength),
            head
        );
        to.Write(_sealed, 0, _filled + BackupCipher.TagLength);
        _filled = 0;
    }
}

internal sealed class DecryptingStream(Stream from, byte[] key, byte[] head) : OneWayStream
{
    private readonly AesGcm _aes = new(key, BackupCipher.TagLength);
    private readonly byte[] _piece = new byte[BackupCipher.Piece];

    // One byte more than a piece: it tells whether another follows.
    private readonly byte[] _sealed = new byte[BackupCipher.Piece + BackupCipher.TagLength + 1];
    private int _held;
    private int _from;
    private int _until;
    private long _number;
    private bool _isLast;

    public byte[] Head => head;

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
        var length = (_isLast ? _held : _sealed.Length - 1) - BackupCipher.TagLength;
        Span<byte> nonce = stackalloc byte[12];
        BackupCipher.NonceOf(nonce, _number++, _isLast);
        try
        {
            if (length < 0)
                throw new CryptographicException();
            _aes.Decrypt(
                nonce,
                _sealed.AsSpan(0, length),
                _sealed.AsSpan(length, BackupCipher.TagLength),
                _piece.AsSpan(0, length),
                head
            );
        }
        catch (CryptographicException)
        {
            throw new BackupException("backups.fault.cipher");
        }

        (_from, _until, _held) = (0, length, _isLast ? 0 : 1);
        _sealed[0] = _sealed[^1];
        return length > 0 || !_isLast;
    }
}

/// <summary>Counts and hashes what goes through to another stream, which it leaves open.</summary>
internal sealed class HashingStream(Stream to) : OneWayStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public long Count { get; private set; }

    public override bool CanWrite => true;

    public byte[] Hash() => _hash.GetCurrentHash();

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _hash.AppendData(buffer);
        Count += buffer.Length;
        to.Write(buffer);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _hash.Dispose();
        base.Dispose(disposing);
    }
}
