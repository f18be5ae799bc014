using System.Buffers.Binary;
using System.Text;

namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>Takes the parts out of a compound file, the small file system in which old workbooks live.</summary>
/// <remarks>
/// Every chain of sectors is followed for at most as many steps as there are sectors: in a damaged file chains run in
/// circles.
/// </remarks>
internal sealed class CompoundFile
{
    private const int HeaderLength = 512;
    private const int EntryLength = 128;
    private const int MiniSectorLength = 64;
    private const byte StreamEntry = 2;
    private const byte RootEntry = 5;

    private readonly byte[] bytes;
    private readonly int sectorLength;
    private readonly List<int> next = [];
    private readonly List<(string Name, byte Type, int Start, long Size)> entries = [];

    public CompoundFile(byte[] bytes)
    {
        this.bytes = bytes;
        var shift = bytes.Length >= HeaderLength ? Short(30) : 0;
        if (shift is not (9 or 12))
            throw new RegisterFaultException(RegisterFault.UnreadableFile);

        sectorLength = 1 << shift;
        ReadSectorTable();
        ReadDirectory();
    }

    public bool Has(string name) =>
        entries.Exists(entry => string.Equals(entry.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The bytes of a part; null when there is none of that name.</summary>
    public byte[]? Part(string name)
    {
        var entry = entries.Find(entry =>
            entry.Type == StreamEntry && string.Equals(entry.Name, name, StringComparison.OrdinalIgnoreCase)
        );
        if (entry.Name is null)
            return null;

        var isSmall = entry.Size < Int(56);
        var whole = isSmall ? SmallPart(entry.Start) : Chain(entry.Start);
        return entry.Size < whole.Length ? whole[..(int)entry.Size] : whole;
    }

    private int SectorCount => (bytes.Length - 1) / sectorLength;

    private void ReadSectorTable()
    {
        var tables = new List<int>();
        for (var i = 0; i < 109; i++)
            tables.Add(Int(76 + (i * 4)));

        // Large files keep the list of tables itself in a chain of sectors, whose last number leads on.
        var more = Int(68);
        for (var steps = 0; IsSector(more) && steps < SectorCount; steps++)
        {
            var numbers = Numbers(more);
            tables.AddRange(numbers[..^1]);
            more = numbers[^1];
        }

        foreach (var table in tables.Where(IsSector).Take((SectorCount / (sectorLength / 4)) + 1))
            next.AddRange(Numbers(table));
    }

    private void ReadDirectory()
    {
        var directory = Chain(Int(48));
        for (var at = 0; at + EntryLength <= directory.Length; at += EntryLength)
        {
            var entry = directory.AsSpan(at, EntryLength);
            var length = BinaryPrimitives.ReadUInt16LittleEndian(entry[64..]);
            if (length is < 2 or > 64 || entry[66] is not (StreamEntry or RootEntry))
                continue;

            entries.Add(
                (
                    Encoding.Unicode.GetString(entry[..(length - 2)]),
                    entry[66],
                    BinaryPrimitives.ReadInt32LittleEndian(entry[116..]),
                    BinaryPrimitives.ReadUInt32LittleEndian(entry[120..])
                )
            );
        }
    }

    private byte[] Chain(int start)
    {
        using var whole = new MemoryStream();
        var sector = start;
        for (var steps = 0; IsSector(sector) && steps < SectorCount; steps++)
        {
            whole.Write(Sector(sector));
            sector = sector < next.Count ? next[sector] : -2;
        }

        return whole.ToArray();
    }

    private byte[] SmallPart(int start)
    {
        var container = Chain(entries.Find(static entry => entry.Type == RootEntry).Start);
        var links = Chain(Int(60));
        using var whole = new MemoryStream();
        var sector = start;
        for (
            var steps = 0;
            sector >= 0
                && (sector + 1L) * MiniSectorLength <= container.Length
                && steps < container.Length / MiniSectorLength;
            steps++
        )
        {
            whole.Write(container, sector * MiniSectorLength, MiniSectorLength);
            sector =
                (sector + 1L) * 4 <= links.Length
                    ? BinaryPrimitives.ReadInt32LittleEndian(links.AsSpan(sector * 4))
                    : -2;
        }

        return whole.ToArray();
    }

    private bool IsSector(int sector) => sector >= 0 && sector < SectorCount;

    private ReadOnlySpan<byte> Sector(int sector)
    {
        var from = (sector + 1) * sectorLength;
        return bytes.AsSpan(from, Math.Min(sectorLength, bytes.Length - from));
    }

    private int[] Numbers(int sector)
    {
        var span = Sector(sector);
        var numbers = new int[sectorLength / 4];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = (i * 4) + 4 <= span.Length ? BinaryPrimitives.ReadInt32LittleEndian(span[(i * 4)..]) : -1;
        return numbers;
    }

    private int Int(int at) => BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at));

    private int Short(int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));
}
