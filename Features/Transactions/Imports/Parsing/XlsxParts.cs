using System.IO.Compression;
using System.Xml;

namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>The parts of a workbook's archive, inflated only while somebody counts.</summary>
internal sealed class XlsxParts
{
    /// <summary>A register at every limit inflates to about half of this.</summary>
    private const long MaxInflated = 240L * 1024 * 1024;

    private const long MaxClaimed = 4 * MaxInflated;
    private const int MaxEntries = 1_000;

    /// <summary>No piece of mark-up or text that belongs in a register is as long as this.</summary>
    private const int MaxWithoutMarkup = 4 * 1024 * 1024;

    private const int MaxDepth = 64;

    private readonly Dictionary<string, ZipArchiveEntry> entries = new(StringComparer.OrdinalIgnoreCase);
    private long inflated;

    public XlsxParts(byte[] bytes)
    {
        var archive = new ZipArchive(new MemoryStream(bytes, writable: false), ZipArchiveMode.Read);
        if (archive.Entries.Count > MaxEntries)
            throw new RegisterFaultException(RegisterFault.Bomb);

        long claimed = 0;
        foreach (var entry in archive.Entries)
        {
            claimed += entry.Length;
            if (entry.Length > MaxClaimed || claimed > MaxClaimed)
                throw new RegisterFaultException(RegisterFault.Bomb);
            entries.TryAdd(entry.FullName.Replace('\\', '/'), entry);
        }
    }

    /// <summary>A part as XML; null when the workbook has none of that name.</summary>
    public XmlReader? Open(string part)
    {
        if (!entries.TryGetValue(part, out var entry))
            return null;

        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
            CloseInput = true,
        };
        return XmlReader.Create(new CountedStream(entry.Open(), this), settings);
    }

    public bool Has(string part) => entries.ContainsKey(part);

    /// <summary>Whether any part lies in a folder, named with its slash.</summary>
    public bool HasFolder(string folder) =>
        entries.Keys.Any(name => name.StartsWith(folder, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether some bytes occur in a part; much quicker than reading it.</summary>
    public bool Mentions(string part, ReadOnlySpan<byte> bytes)
    {
        if (!entries.TryGetValue(part, out var entry))
            return false;

        using var stream = entry.Open();
        var buffer = new byte[81_920];
        var kept = 0;
        for (long seen = 0; seen <= MaxInflated; )
        {
            var read = stream.Read(buffer, kept, buffer.Length - kept);
            if (read == 0)
                return false;
            seen += read;
            var window = buffer.AsSpan(0, kept + read);
            if (window.IndexOf(bytes) >= 0)
                return true;
            kept = Math.Min(bytes.Length - 1, window.Length);
            window[^kept..].CopyTo(buffer);
        }

        return false;
    }

    /// <summary>The next node; every level of nesting costs memory, and a workbook has few.</summary>
    public static bool Next(XmlReader xml)
    {
        if (!xml.Read())
            return false;
        return xml.Depth <= MaxDepth ? true : throw new RegisterFaultException(RegisterFault.Bomb);
    }

    /// <summary>Counts what comes out of all parts together: the sizes that an archive claims may be lies.</summary>
    private sealed class CountedStream(Stream inner, XlsxParts parts) : Stream
    {
        private int withoutMarkup;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            var read = inner.Read(buffer);
            var mark = buffer[..read].LastIndexOf((byte)'<');
            withoutMarkup = mark < 0 ? withoutMarkup + read : read - mark;
            parts.inflated += read;
            return parts.inflated > MaxInflated || withoutMarkup > MaxWithoutMarkup
                ? throw new RegisterFaultException(RegisterFault.Bomb)
                : read;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
