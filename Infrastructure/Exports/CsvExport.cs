using System.Buffers;
using System.Globalization;
using CsvHelper;
using MdcTts.Infrastructure.Saudi;

namespace MdcTts.Infrastructure.Exports;

/// <summary>Comma-separated, RFC 4180, UTF-8 with the mark that Excel needs to read Arabic.</summary>
public static class CsvExport
{
    /// <summary>
    /// Programs that take a semicolon, a tab or an apostrophe for more than a letter find it in quotes.
    /// </summary>
    private static readonly SearchValues<char> Quoted = SearchValues.Create("\t;'");

    private static readonly CsvWriterOptions Options = new()
    {
        NewLine = "\r\n",
        WriteByteOrderMark = true,
        Quoting = CsvQuoting.WhenNeededOrWhitespace,
        ShouldQuote = static (field, _, _, _) => field.ContainsAny(Quoted),
    };

    public static async Task Write<T>(
        Stream to,
        IReadOnlyList<ExportColumn<T>> columns,
        IAsyncEnumerable<T> rows,
        CancellationToken stop
    )
    {
        await using var csv = CsvWriter.Create(to, Options, leaveOpen: true);
        await csv.WriteRecordAsync([.. columns.Select(c => Text(c.Heading))], stop);
        await foreach (var row in rows.WithCancellation(stop))
            await csv.WriteRecordAsync([.. columns.Select(c => Cell(c.Cell(row)))], stop);
        await csv.FlushAsync(stop);
    }

    private static string Cell(ExportCell cell) =>
        cell switch
        {
            { Minor: { } minor } => Amounts.ToDecimalString(minor),
            { Number: { } number } => number.ToString(CultureInfo.InvariantCulture),
            { Date: { } date } => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            { RiyadhTime: { } at } => at.ToString(
                at.Second == 0 ? "yyyy-MM-dd HH:mm" : "yyyy-MM-dd HH:mm:ss",
                CultureInfo.InvariantCulture
            ),
            _ => Text(cell.Text),
        };

    /// <summary>A text that no spreadsheet computes: an apostrophe before it makes it text.</summary>
    /// <remarks>Numbers and dates are written by us and never begin with one of the signs: none is negative.</remarks>
    private static string Text(string? text) => CsvGuard.Guarded(text ?? "");
}
