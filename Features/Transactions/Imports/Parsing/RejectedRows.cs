using MdcTts.Infrastructure.Text;
using MiniExcelLibs;
using MiniExcelLibs.OpenXml;

namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>Writes rejected rows as a workbook that can be put right and imported again.</summary>
/// <remarks>Texts stay texts: what looks like a formula is written as a text cell, which spreadsheets never compute.</remarks>
public static class RejectedRows
{
    public const string Sheet = "Rejected";

    /// <param name="to">Receives the workbook; left open.</param>
    /// <param name="headings">The file's headings in its own order.</param>
    /// <param name="rows">The rejected rows, with all of their cells.</param>
    /// <param name="reasons">Why, in words, one for each row.</param>
    /// <param name="language"><c>ar</c> writes a sheet from right to left.</param>
    public static void Write(
        Stream to,
        IReadOnlyList<string> headings,
        IReadOnlyList<RegisterRow> rows,
        IReadOnlyList<string> reasons,
        string language
    )
    {
        var isArabic = string.Equals(language, "ar", StringComparison.Ordinal);
        var width = rows.Select(static row => row.Cells.Count).Append(headings.Count).Max();

        // MiniExcel takes a row as names and values. Headings may be empty or stand twice, so the first row carries them as values.
        var first = Line(
            width,
            column => column < headings.Count ? Written(headings[column]) : null,
            isArabic ? "سبب الرفض" : "Reason",
            isArabic ? "رقم الصف" : "Row"
        );
        var lines = rows.Select(
            (row, at) => Line(width, column => Value(row.Cell(column)), Written(reasons[at]), row.Number)
        );

        to.SaveAs(
            lines.Prepend(first),
            printHeader: false,
            sheetName: Sheet,
            configuration: new OpenXmlConfiguration
            {
                RightToLeft = isArabic,
                AutoFilter = false,
                TableStyles = TableStyles.None,
            }
        );
    }

    private static Dictionary<string, object?> Line(int width, Func<int, object?> cell, string reason, object row)
    {
        var line = Enumerable
            .Range(0, width)
            .ToDictionary(
                static column => "C" + column.ToString(System.Globalization.CultureInfo.InvariantCulture),
                cell,
                StringComparer.Ordinal
            );
        line["Reason"] = reason;
        line["Row"] = row;
        return line;
    }

    private static object? Value(RegisterCell cell)
    {
        if (cell.Date is { } date)
            return date.ToDateTime(TimeOnly.MinValue);
        if (cell.Number is { } number)
            return number;
        return cell.Text.Length == 0 ? null : Written(cell.Text);
    }

    /// <summary>A workbook is XML, which cannot hold control characters, and half of a character only as the sign for one that is lost.</summary>
    private static string Written(string text) =>
        PlainText.HasForbidden(text)
            ? string.Concat(text.EnumerateRunes().Where(static rune => !PlainText.HasForbidden(rune.ToString())))
            : text;
}
