namespace MdcTts.Infrastructure.Exports;

/// <summary>
/// Holds what a zip writes until it is sent: closing an entry writes synchronously, which a web server's stream
/// refuses.
/// </summary>
internal sealed class OutgoingStream(Stream to) : Stream
{
    private readonly MemoryStream _held = new();

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Passes on what was written since the last time.</summary>
    public async Task Send(CancellationToken stop)
    {
        await to.WriteAsync(_held.GetBuffer().AsMemory(0, (int)_held.Length), stop);
        _held.SetLength(0);
    }

    public override void Write(byte[] buffer, int offset, int count) => _held.Write(buffer, offset, count);

    public override void Write(ReadOnlySpan<byte> buffer) => _held.Write(buffer);

    public override void Flush()
    {
        // Sent only on request.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _held.Dispose();
        base.Dispose(disposing);
    }
}
