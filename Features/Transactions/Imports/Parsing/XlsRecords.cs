using System.Buffers.Binary;

namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>Looks through the records of an old workbook before a library reads them.</summary>
/// <remarks>
/// The library allocates what a record claims and goes where an offset points; here the claims are checked against what
/// is there.
/// </remarks>
internal static class XlsRecords
{
    private const int HeaderLength = 4;
    private const int MaxColumns = 256;

    private const int Beginning = 0x0809;
    private const int Password = 0x002F;
    private const int DateSystem = 0x0022;
    private const int TruthOrError = 0x0205;
    private const int Formula = 0x0006;
    private const int MaxErrors = 1_000_000;
    private const byte ReferenceError = 0x17;
    private const int SheetEntry = 0x0085;

    // Claims about a sheet's size and the places of its rows; readers find out for themselves.
    private const int Dimensions = 0x0200;
    private const int Index = 0x020B;
    private const int IndexOfBlock = 0x00D7;

    /// <summary>The same claim in the oldest format; some programs write it into newer workbooks.</summary>
    private const int DimensionsOfOld = 0x0000;

    private const int SharedTexts = 0x00FC;
    private const int SharedTextCell = 0x00FD;
    private const int Continued = 0x003C;
    private const int Row = 0x0208;
    private const int ManyNumbers = 0x00BD;
    private const int ManyBlanks = 0x00BE;

    /// <summary>An id that no record has: readers pass over it.</summary>
    private const ushort Ignored = 0x0FFF;

    /// <summary>What the library does not tell.</summary>
    /// <param name="Since1904">The workbook counts its days from 1904.</param>
    /// <param name="Errors">Cells that show an error, by the place of their sheet, row and column from 0.</param>
    public sealed record Findings(bool Since1904, IReadOnlyDictionary<(int Sheet, int Row, int Column), byte> Errors);

    public static Findings Check(byte[] workbook)
    {
        var since1904 = false;
        var current = 0;
        var errors = new Dictionary<(int At, int Row, int Column), byte>();
        var beginnings = new HashSet<int>();
        var sheets = new List<int>();
        var texts = uint.MaxValue;
        for (var at = 0; at + HeaderLength <= workbook.Length; )
        {
            var id = Short(workbook, at);
            var data = workbook.AsSpan(at + HeaderLength);
            var length = Short(workbook, at + 2);
            if (length > data.Length)
                break;

            if (id == Beginning)
                beginnings.Add(current = at);
            if (id == SheetEntry && length >= 4)
                sheets.Add(BinaryPrimitives.ReadInt32LittleEndian(data));
            if (id == SharedTexts && length >= XlsTexts.HeaderLength)
            {
                CheckRecord(workbook.AsSpan(at, HeaderLength), data[..length], id);
                // The claim is often wrong, and the library believes it.
                texts = Math.Min(texts, (uint)XlsTexts.Count(Records(workbook, at)));
                BinaryPrimitives.WriteUInt32LittleEndian(workbook.AsSpan(at + HeaderLength + 4), texts);
            }

            // A text that is not there: the library would say that the cell is empty.
            if (
                id == SharedTextCell
                && length >= 10
                && BinaryPrimitives.ReadUInt32LittleEndian(data[6..]) >= texts
                && errors.Count < MaxErrors
            )
                errors[(current, Short(data, 0), Short(data, 2))] = ReferenceError;
            if (ErrorIn(data[..length], id) is { } error && errors.Count < MaxErrors)
                errors[(current, Short(data, 0), Short(data, 2))] = error;
            if (id == DateSystem && length >= 2)
                since1904 = Short(workbook, at + HeaderLength) == 1;
            CheckRecord(workbook.AsSpan(at, HeaderLength), data[..length], id);
            at += HeaderLength + length;
        }

        if (!beginnings.Contains(0) || !sheets.TrueForAll(beginnings.Contains))
            throw new RegisterFaultException(RegisterFault.UnreadableFile);
        return new(
            since1904,
            errors
                .Where(error => sheets.Contains(error.Key.At))
                .ToDictionary(
                    error => (sheets.IndexOf(error.Key.At), error.Key.Row, error.Key.Column),
                    error => error.Value
                )
        );
    }

    /// <summary>The data of a record and of those that continue it.</summary>
    private static List<ReadOnlyMemory<byte>> Records(byte[] workbook, int at)
    {
        var records = new List<ReadOnlyMemory<byte>>();
        do
        {
            var length = Short(workbook, at + 2);
            if (at + HeaderLength + length > workbook.Length)
                break;
            records.Add(workbook.AsMemory(at + HeaderLength, length));
            at += HeaderLength + length;
        } while (at + HeaderLength <= workbook.Length && Short(workbook, at) == Continued);
        return records;
    }

    /// <summary>The code of an error, stored as a cell of its own or as the result of a formula.</summary>
    private static byte? ErrorIn(ReadOnlySpan<byte> data, int id) =>
        id switch
        {
            TruthOrError when data.Length >= 8 && data[7] == 1 => data[6],
            Formula when data.Length >= 14 && data[6] == 2 && Short(data, 12) == 0xFFFF => data[8],
            _ => null,
        };

    private static void CheckRecord(Span<byte> header, Span<byte> data, int id)
    {
        switch (id)
        {
            case Password:
                throw new RegisterFaultException(RegisterFault.Encrypted);
            case Beginning:
                Require(data.Length >= 4 && Short(data, 0) is 0x0500 or 0x0600);
                break;
            case Dimensions or DimensionsOfOld or Index or IndexOfBlock:
                BinaryPrimitives.WriteUInt16LittleEndian(header, Ignored);
                break;
            case Row:
                Require(data.Length >= 6 && Short(data, 4) <= MaxColumns);
                break;
            case SharedTexts:
                Require(
                    data.Length >= 8 && BinaryPrimitives.ReadUInt32LittleEndian(data[4..]) <= RegisterFile.MaxBytes / 3
                );
                break;
            case ManyNumbers or ManyBlanks:
                Require(
                    data.Length >= 6
                        && Short(data, 2) <= Short(data, data.Length - 2)
                        && Short(data, data.Length - 2) < MaxColumns
                );
                break;
            case 0x0006 or 0x00D6 or 0x00FD or 0x0201 or 0x0203 or 0x0204 or 0x0205 or 0x027E: // a cell of some kind
                Require(data.Length >= 6 && Short(data, 2) < MaxColumns);
                break;
            default:
                break;
        }
    }

    private static void Require(bool isSound)
    {
        if (!isSound)
            throw new RegisterFaultException(RegisterFault.UnreadableFile);
    }

    private static int Short(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);
}
