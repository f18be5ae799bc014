using MdcTts.Infrastructure.Exports;
using MdcTts.Infrastructure.Text;

namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>Writes rejected rows as a workbook that can be put right and imported again.</summary>
public static class RejectedRows
{
    public const string Sheet = "Rejected";

    private const int ColumnWidth = 20;
    private const int ReasonWidth = 50;
    private const int NumberWidth = 10;

    /// <param name="to">Receives the workbook; left open.</param>
    /// <param name="headings">The file's headings in its own order; they may be empty or stand twice.</param>
    /// <param name="rows">The rejected rows, with all of their cells.</param>
    /// <param name="reasons">Why, in words, one for each row.</param>
    /// <param name="language"><c>ar</c> writes a sheet from right to left.</param>
    /// <param name="stop">Cancels the writing.</param>
    /// <param name="mark">Of <see cref="RejectedMark"/>.</param>
    public static Task Write(
        Stream to,
        IReadOnlyList<string> headings,
        IReadOnlyList<RegisterRow> rows,
        IReadOnlyList<string> reasons,
        string language,
        CancellationToken stop,
        string? mark = null
    )
    {
        var isArabic = string.Equals(language, "ar", StringComparison.Ordinal);
        var width = rows.Select(static row => row.Cells.Count).Append(headings.Count).Max();
        List<ExportColumn<(RegisterRow Row, string Reason)>> columns =
        [
            .. Enumerable
                .Range(0, width)
                .Select(at => new ExportColumn<(RegisterRow Row, string Reason)>(
                    at < headings.Count ? Written(headings[at]) : "",
                    ColumnWidth,
                    line => Cell(line.Row.Cell(at))
                )),
            new(Reason(mark, isArabic), ReasonWidth, line => new(Written(line.Reason))),
            new(isArabic ? "رقم الصف" : "Row", NumberWidth, line => new(Number: line.Row.Number)),
        ];
        return XlsxExport.Write(
            to,
            Sheet,
            isArabic,
            columns,
            rows.Zip(reasons).ToAsyncEnumerable(),
            stop,
            mark is null ? null : (RejectedMark.Property, mark)
        );
    }

    private static string Reason(string? mark, bool isArabic) =>
        mark is not null ? RejectedMark.Heading(mark, isArabic)
        : isArabic ? "سبب الرفض"
        : "Reason";

    private static ExportCell Cell(RegisterCell cell) =>
        cell switch
        {
            { Date: { } date } => new(Date: date),
            { Number: { } number } => new(Number: number),
            _ => new(Written(cell.Text)),
        };

    /// <summary>
    /// A workbook is XML, which holds no control characters. Half of a character becomes the sign for a lost one.
    /// </summary>
    private static string Written(string text) =>
        PlainText.HasForbidden(text)
            ? string.Concat(text.EnumerateRunes().Where(static rune => !PlainText.HasForbidden(rune.ToString())))
            : text;
}
