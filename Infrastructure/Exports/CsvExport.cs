using System.Buffers;
using System.Globalization;
using System.Text;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Text;

namespace MdcTts.Infrastructure.Exports;

/// <summary>Comma-separated, RFC 4180, UTF-8 with the mark that Excel needs to read Arabic.</summary>
public static class CsvExport
{
    private static readonly SearchValues<char> Quoted = SearchValues.Create("\",\r\n\t;'");
    private static readonly UTF8Encoding Utf8WithMark = new(encoderShouldEmitUTF8Identifier: true);

    public static async Task Write<T>(
        Stream to,
        IReadOnlyList<ExportColumn<T>> columns,
        IAsyncEnumerable<T> rows,
        CancellationToken stop
    )
    {
        await using var writer = new StreamWriter(to, Utf8WithMark, bufferSize: 32_768, leaveOpen: true)
        {
            NewLine = "\r\n",
        };
        await writer.WriteLineAsync(string.Join(',', columns.Select(c => Text(c.Heading))).AsMemory(), stop);
        await foreach (var row in rows.WithCancellation(stop))
            await writer.WriteLineAsync(string.Join(',', columns.Select(c => Cell(c.Cell(row)))).AsMemory(), stop);
        await writer.FlushAsync(stop);
    }

    private static string Cell(ExportCell cell) =>
        cell switch
        {
            { Minor: { } minor } => Amounts.ToDecimalString(minor),
            { Number: { } number } => number.ToString(CultureInfo.InvariantCulture),
            { Date: { } date } => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            { RiyadhTime: { } at } => at.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
            _ => Text(cell.Text),
        };

    /// <summary>A text as a cell: quoted where it must be, and never a formula.</summary>
    /// <remarks>
    /// Spreadsheets compute a cell that begins with one of these signs, also in their wide forms; an apostrophe before it makes it text.
    /// Numbers and dates are written by us and never begin with one: none is negative.
    /// </remarks>
    public static string Text(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "";
        if (text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '＝' or '＋' or '－' or '＠' or '−')
            text = "'" + text;
        return text.AsSpan().IndexOfAny(Quoted) < 0 && text[0] != ' ' && text[^1] != ' '
            ? text
            : $"\"{text.Replace("\"", "\"\"")}\"";
    }
}
