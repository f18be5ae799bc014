using System.Security.Cryptography;
using Geralt;

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

internal sealed class EncryptingStream(Stream to, IncrementalXChaCha20Poly1305 cipher, byte[] head) : OneWayStream
{
    private readonly byte[] _piece = new byte[BackupCipher.Piece];
    private readonly byte[] _sealed = new byte[BackupCipher.Piece + BackupCipher.TagLength];
    private int _filled;
    private bool _isDone;

    public override bool CanWrite => true;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            // Only when more follows: the last piece, full or not, is marked as such.
            if (_filled == _piece.Length)
                Seal(IncrementalXChaCha20Poly1305.ChunkFlag.Message);
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
            Seal(IncrementalXChaCha20Poly1305.ChunkFlag.Final);
            cipher.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Seal(IncrementalXChaCha20Poly1305.ChunkFlag flag)
    {
        var piece = _sealed.AsSpan(0, _filled + BackupCipher.TagLength);
        cipher.EncryptChunk(piece, _piece.AsSpan(0, _filled), head, flag);
        to.Write(piece);
        _filled = 0;
    }
}

internal sealed class DecryptingStream(Stream from, IncrementalXChaCha20Poly1305 cipher, byte[] head) : OneWayStream
{
    private readonly byte[] _piece = new byte[BackupCipher.Piece];
    private readonly byte[] _sealed = new byte[BackupCipher.Piece + BackupCipher.TagLength];
    private int _from;
    private int _until;
    private bool _isLast;

    public override bool CanRead => true;

    public override int Read(Span<byte> buffer)
    {
        while (_from == _until)
        {
            if (buffer.Length == 0 || _isLast)
                return 0;
            Next();
        }

        var some = Math.Min(buffer.Length, _until - _from);
        _piece.AsSpan(_from, some).CopyTo(buffer);
        _from += some;
        return some;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            cipher.Dispose();
            from.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Next()
    {
        var held = from.ReadAtLeast(_sealed, _sealed.Length, throwOnEndOfStream: false);
        // A file that ends before its marked last piece was cut off.
        if (held < BackupCipher.TagLength)
            throw new BackupException("backups.fault.cipher");
        _from = 0;
        _until = held - BackupCipher.TagLength;
        try
        {
            var flag = cipher.DecryptChunk(_piece.AsSpan(0, _until), _sealed.AsSpan(0, held), head);
            _isLast = flag == IncrementalXChaCha20Poly1305.ChunkFlag.Final;
        }
        catch (CryptographicException)
        {
            throw new BackupException("backups.fault.cipher");
        }

        if (_isLast && from.ReadByte() >= 0)
            throw new BackupException("backups.fault.cipher");
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
