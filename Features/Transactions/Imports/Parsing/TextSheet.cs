using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using CsvHelper;
using MdcTts.Infrastructure.Exports;

namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>
/// Reads a text file in columns: comma, semicolon, tab or bar between them; UTF-8, UTF-16 or one of the old
/// Arabic code pages.
/// </summary>
internal static class TextSheet
{
    private const int SampleLength = 64 * 1024;

    /// <summary>One Latin letter among so many Arabic ones is a misprint, or a vowel sign.</summary>
    private const int MixedShare = 20;

    private static readonly string[] Delimiters = [",", ";", "\t", "|"];

    /// <param name="bytes">The file.</param>
    /// <param name="score">
    /// How much the rows that a delimiter makes look like a register; the best one is taken.
    /// </param>
    public static IEnumerable<Sheet> Read(byte[] bytes, Func<IEnumerable<RegisterRow>, (int Fields, int Width)> score)
    {
        var text = Decode(bytes);

        // A web page saved under a spreadsheet's name is not a register, and neither is anything with NULs all over.
        if (text.AsSpan().TrimStart().StartsWith("<") || text.AsSpan().Count('\0') > text.Length / 100)
            throw new RegisterFaultException(RegisterFault.UnreadableFile);

        var (body, said) = WithoutHint(text);
        var sample = body.Length > SampleLength ? body[..SampleLength] : body;
        var delimiter = said ?? Delimiters.MaxBy(candidate => score(Rows(sample, candidate, isSample: true)))!;
        return [new Sheet(Name: null, Rows(body, delimiter, isSample: false))];
    }

    /// <summary>Spreadsheets read a first line <c>sep=;</c> as a hint and do not count it as a row.</summary>
    private static (string Body, string? Delimiter) WithoutHint(string text)
    {
        if (
            text.Length < 6
            || !text.StartsWith("sep=", StringComparison.OrdinalIgnoreCase)
            || text[5] is not ('\r' or '\n')
        )
            return (text, null);

        var end = text.AsSpan(5).StartsWith("\r\n") ? 7 : 6;
        return (text[end..], text[4].ToString());
    }

    private static IEnumerable<RegisterRow> Rows(string text, string delimiter, bool isSample)
    {
        var isUnclosed = false;
        using var reader = CsvReader.FromText(
            text,
            new CsvReaderOptions
            {
                Separator = delimiter[0],
                HasHeader = false,
                SkipEmptyLines = false,
                PoolStrings = true,
                OnMalformedRecord = record => isUnclosed |= Swallowed(record),
            }
        );

        for (var number = 1; reader.Read(); number++)
        {
            var width = Math.Min(reader.FieldCount, RegisterFile.MaxColumns + 1);
            yield return new RegisterRow(
                number,
                [.. Enumerable.Range(0, width).Select(column => SheetCells.Text(Unguarded(reader.GetString(column))))]
            );
        }

        // A sample ends anywhere, also between two quotation marks.
        if (isUnclosed && !isSample)
            throw new RegisterFaultException(RegisterFault.UnclosedQuote);
    }

    /// <summary>
    /// Whether a quotation mark that was never closed, or only by the next one that opens, took other rows into its
    /// field.
    /// </summary>
    private static bool Swallowed(CsvMalformedRecord record) =>
        record.Reason switch
        {
            CsvMalformedReason.UnterminatedQuote => true,
            CsvMalformedReason.TextAfterClosingQuote => record.RawRecord.AsSpan().TrimEnd().ContainsAny('\n', '\r'),
            _ => false,
        };

    private static string Decode(byte[] bytes)
    {
        if (bytes.AsSpan().StartsWith<byte>([0xEF, 0xBB, 0xBF]))
            return Encoding.UTF8.GetString(bytes.AsSpan(3));
        if (bytes.AsSpan().StartsWith<byte>([0xFF, 0xFE]))
            return Encoding.Unicode.GetString(bytes.AsSpan(2));
        if (bytes.AsSpan().StartsWith<byte>([0xFE, 0xFF]))
            return Encoding.BigEndianUnicode.GetString(bytes.AsSpan(2));
        if (Utf16WithoutMark(bytes) is { } wide)
            return wide.GetString(bytes);

        // Old Macs have spaces of their own beside Arabic words.
        return IsMostlyUtf8(bytes)
            ? Encoding.UTF8.GetString(bytes)
            : ArabicCodePage(bytes).GetString(bytes).Replace('\u00A0', ' ');
    }

    /// <summary>
    /// Whether the letters beyond ASCII are UTF-8, apart from a few damaged ones: text in an old code page has next to
    /// no sequence that is valid by chance.
    /// </summary>
    private static bool IsMostlyUtf8(ReadOnlySpan<byte> bytes)
    {
        var (sound, broken) = (0, 0);
        while (bytes.IndexOfAnyExceptInRange((byte)0, (byte)0x7F) is var at and >= 0)
        {
            bytes = bytes[at..];
            var status = Rune.DecodeFromUtf8(bytes, out _, out var length);
            if (status == OperationStatus.Done)
                sound++;
            else
                broken++;
            bytes = bytes[length..];
        }

        return broken == 0 || sound > broken;
    }

    /// <summary>
    /// Windows-1256, unless it would put Latin letters into Arabic words: then it is ISO 8859-6, which has other Arabic
    /// letters in their places, or that of old Macs, which has Latin letters besides.
    /// </summary>
    private static Encoding ArabicCodePage(ReadOnlySpan<byte> bytes)
    {
        var (arabic, mixed) = (0, 0);
        for (var i = 0; i < bytes.Length; i++)
        {
            if (IsArabicIn1256(bytes[i]))
                arabic++;
            else if (
                bytes[i] >= 0xE0
                && ((i > 0 && IsArabicIn1256(bytes[i - 1])) || (i + 1 < bytes.Length && IsArabicIn1256(bytes[i + 1])))
            )
                mixed++;
        }

        if (mixed * MixedShare <= arabic)
            return CodePagesEncodingProvider.Instance.GetEncoding(1256)!;
        var isIso = bytes.IndexOfAnyInRange((byte)0x80, (byte)0x9F) < 0;
        return CodePagesEncodingProvider.Instance.GetEncoding(isIso ? 28596 : 10004)!;
    }

    /// <summary>The letters; in other places stand Latin ones, and vowel signs that hardly anybody writes.</summary>
    private static bool IsArabicIn1256(byte letter) =>
        letter is (>= 0xC0 and <= 0xD6) or (>= 0xD8 and <= 0xDF) or 0xE1 or (>= 0xE3 and <= 0xE6) or 0xEC or 0xED;

    /// <summary>
    /// Undoes what keeps a spreadsheet from computing a text or from dropping its zeros: <c>'=1+1</c>, as our own
    /// export writes it, and <c>="0012"</c>.
    /// </summary>
    private static string Unguarded(string text)
    {
        if (text.Length >= 3 && text.StartsWith("=\"", StringComparison.Ordinal) && text[^1] == '"')
        {
            var inner = text[2..^1];
            return inner.Contains('"', StringComparison.Ordinal) ? text : inner;
        }

        return CsvGuard.Undone(text);
    }

    /// <summary>
    /// In UTF-16 the separators and line ends of a register have a zero byte beside them, always on the same side.
    /// </summary>
    private static Encoding? Utf16WithoutMark(ReadOnlySpan<byte> bytes)
    {
        var (little, big) = (0, 0);
        var sample = bytes[..(Math.Min(bytes.Length, SampleLength) & ~1)];
        for (var i = 0; i < sample.Length; i += 2)
        {
            var unit = BinaryPrimitives.ReadUInt16LittleEndian(sample[i..]);
            if (unit is ',' or ';' or '\t' or '\n' or ' ')
                little++;
            if (BinaryPrimitives.ReverseEndianness(unit) is ',' or ';' or '\t' or '\n' or ' ')
                big++;
        }

        if (Math.Max(little, big) <= sample.Length / 200)
            return null;
        return little > big ? Encoding.Unicode : Encoding.BigEndianUnicode;
    }
}
