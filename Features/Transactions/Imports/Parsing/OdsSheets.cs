using System.Buffers;
using System.Globalization;
using System.Text;
using System.Xml;
using MdcTts.Infrastructure.Saudi;

namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>Reads the spreadsheets of LibreOffice and everything else that writes OpenDocument.</summary>
/// <remarks>
/// Values stand in attributes and what the sheet shows beside them. Rows and cells may say that they repeat a million
/// times: blank ones are only counted, and others end at the limits of a register.
/// </remarks>
internal static class OdsSheets
{
    private const int MaxSheets = 100;
    private const int MaxRowsOfAll = 2 * RegisterFile.MaxRows;
    private const int LastRow = 1_048_576;

    private static readonly SearchValues<char> Separators = SearchValues.Create(",.٬٫'’");

    public static bool IsOds(XlsxParts parts) => parts.Has("content.xml") && !parts.Has("[Content_Types].xml");

    public static IEnumerable<Sheet> Read(XlsxParts parts)
    {
        if (parts.Mentions("META-INF/manifest.xml", "encryption-data"u8))
            throw new RegisterFaultException(RegisterFault.Encrypted);
        var hasMacros = parts.Mentions("content.xml", "script:event-listener"u8) || parts.HasFolder("Basic/");
        // Spreadsheets write nothing for a formula whose result is an empty text, as other programs do for all.
        var isComputed = parts.Mentions("meta.xml", "Office"u8);
        using var xml = parts.Open("content.xml") ?? throw new RegisterFaultException(RegisterFault.UnreadableFile);
        var (hidden, sheets, rows) = (new HashSet<string>(StringComparer.Ordinal), new List<Sheet>(), 0);
        var (style, since1904) = (string.Empty, false);
        while (XlsxParts.Next(xml))
        {
            if (xml.NodeType != XmlNodeType.Element)
                continue;
            if (xml.LocalName is "style")
                style = Attribute(xml, "name") ?? string.Empty;
            else if (xml.LocalName is "table-properties" && Attribute(xml, "display") is "false")
                hidden.Add(style);
            else if (xml.LocalName is "null-date")
                since1904 = Attribute(xml, "date-value") is "1904-01-01";
            else if (xml.LocalName is "table" && !xml.IsEmptyElement)
            {
                if (sheets.Count == MaxSheets)
                    throw new RegisterFaultException(RegisterFault.UnreadableFile);
                var (name, isHidden) = (Attribute(xml, "name"), hidden.Contains(Attribute(xml, "style-name") ?? ""));
                var read = Rows(xml, MaxRowsOfAll - rows, since1904, isComputed);
                rows += read.Count;
                sheets.Add(new Sheet(name ?? string.Empty, read) { IsHidden = isHidden, HasMacros = hasMacros });
            }
        }

        return sheets.OrderBy(static sheet => sheet.IsHidden);
    }

    /// <summary>The rows of the table at which the reader stands; it stands at the table's end afterwards.</summary>
    private static List<RegisterRow> Rows(XmlReader xml, int most, bool since1904, bool isComputed)
    {
        var rows = new List<RegisterRow>();
        var (depth, number) = (xml.Depth, 0);
        var merges = new List<MergedDown>();
        while (XlsxParts.Next(xml) && !(xml.NodeType == XmlNodeType.EndElement && xml.Depth == depth))
        {
            if (xml.NodeType != XmlNodeType.Element || xml.LocalName is not "table-row")
                continue;
            var repeated = Count(xml, "number-rows-repeated");
            var isHidden = Attribute(xml, "visibility") is "collapse" or "filter";
            var cells = xml.IsEmptyElement ? [] : Cells(xml, number + 1, merges, since1904, isComputed);
            var row = new RegisterRow(number + 1, cells) { IsHidden = isHidden };
            for (var i = 0; i < repeated && !row.IsBlank; i++)
            {
                if (rows.Count == most)
                    throw new RegisterFaultException(RegisterFault.TooManyRows);
                rows.Add(row with { Number = number + 1 + i });
            }

            number = Math.Min(LastRow, number + repeated);
        }

        if (merges.Count == 0)
            return rows;
        var fill = new MergedCells(merges);
        return rows.ConvertAll(fill.Into);
    }

    private static List<RegisterCell> Cells(
        XmlReader xml,
        int row,
        List<MergedDown> merges,
        bool since1904,
        bool isComputed
    )
    {
        var cells = new List<RegisterCell>();
        var (depth, column) = (xml.Depth, 0);
        while (XlsxParts.Next(xml) && !(xml.NodeType == XmlNodeType.EndElement && xml.Depth == depth))
        {
            if (xml.NodeType != XmlNodeType.Element || xml.LocalName is not ("table-cell" or "covered-table-cell"))
                continue;
            var repeated = Count(xml, "number-columns-repeated");
            var isCovered = xml.LocalName is "covered-table-cell";
            if (Count(xml, "number-rows-spanned") is > 1 and var spanned && column <= RegisterFile.MaxColumns)
                merges.Add(new(column, row, row + spanned - 1));
            var cell = Cell(xml, isComputed) with { Since1904 = since1904 };
            if (!isCovered && !cell.IsBlank)
            {
                var end = Math.Min(column + repeated, RegisterFile.MaxColumns + 1);
                while (cells.Count < Math.Min(column, RegisterFile.MaxColumns))
                    cells.Add(RegisterCell.Empty);
                while (cells.Count < end)
                    cells.Add(cell);
            }

            column = Math.Min(LastRow, column + repeated);
        }

        return cells;
    }

    /// <summary>The cell at whose element the reader stands; it stands at its end afterwards.</summary>
    private static RegisterCell Cell(XmlReader xml, bool isComputed)
    {
        var type = Attribute(xml, "value-type");
        var isError = false;
        var (value, date, truth, said, currency, formula) = (
            Attribute(xml, "value"),
            Attribute(xml, "date-value"),
            Attribute(xml, "boolean-value"),
            Attribute(xml, "string-value"),
            Attribute(xml, "currency"),
            Attribute(xml, "formula")
        );
        // LibreOffice writes the type once more in a namespace of its own, where an error is one.
        while (xml.MoveToNextAttribute())
            isError |= xml.LocalName is "value-type" && xml.Value is "error";
        xml.MoveToElement();
        var shown = xml.IsEmptyElement ? string.Empty : Shown(xml);
        var cell = type switch
        {
            _ when isError || (formula is not null && IsErrorText(shown)) => SheetCells.Error(shown),
            "float" or "currency" or "percentage" when Number(value) is { } number => OfNumber(number, type, shown) with
            {
                Currency = currency ?? Shows(shown),
            },
            "date" when DateTime.TryParse(date, CultureInfo.InvariantCulture, DateTimeStyles.None, out var moment) =>
                SheetCells.Date(moment),
            "boolean" => new(truth is "true" ? "TRUE" : "FALSE"),
            null when formula is not null && shown.Length == 0 && !isComputed => SheetCells.NoResult(formula),
            _ => SheetCells.Text(said ?? shown),
        };
        if (currency is not null && cell.Number is not null)
            cell = cell with { Sources = cell.Sources | CellSources.Format };
        return formula is null || cell.Trouble != CellTrouble.None
            ? cell
            : cell with
            {
                Sources = cell.Sources | CellSources.Formula,
            };
    }

    private static RegisterCell OfNumber(double number, string type, string shown)
    {
        if (type is "percentage")
            return SheetCells.Text(shown);
        var cell = SheetCells.Number(number);
        if (Shows(shown) is not null)
            return cell with { Sources = CellSources.Format };
        shown = shown.Trim();
        var isPadded =
            type is "float"
            && cell.Number is { } exact
            && decimal.Truncate(exact) == exact
            && exact >= 0
            && shown.Length > cell.Text.Length
            && shown.AsSpan().IndexOfAny(Separators) < 0
            && (shown.Contains(cell.Text, StringComparison.Ordinal) || Digits(shown) == cell.Text);
        return isPadded ? cell with { Text = shown, Sources = CellSources.Format } : cell;
    }

    /// <summary>"$1,000.00" may be a currency's format, or one that only writes the sign.</summary>
    private static string? Shows(string shown) => Amounts.TryParse(shown, out _, out var currency) ? currency : null;

    /// <summary>00123 and 00-12-34 are 123 and 1234 with what the format adds.</summary>
    private static string Digits(string shown) => string.Concat(shown.Where(char.IsAsciiDigit)).TrimStart('0');

    private static bool IsErrorText(string shown) =>
        shown.StartsWith("Err:", StringComparison.Ordinal)
        || (shown.StartsWith('#') && (shown.EndsWith('!') || shown.EndsWith('?') || shown is "#N/A"));

    /// <summary>What the sheet shows: paragraphs on lines of their own, without the notes of a cell.</summary>
    private static string Shown(XmlReader xml)
    {
        var text = new StringBuilder();
        var (depth, paragraphs, ignored) = (xml.Depth, 0, 0);
        while (XlsxParts.Next(xml) && !(xml.NodeType == XmlNodeType.EndElement && xml.Depth == depth))
        {
            var isStart = xml.NodeType == XmlNodeType.Element;
            if (xml.LocalName is "annotation" or "frame" or "shapes" or "ruby-text" && !xml.IsEmptyElement)
                ignored += isStart ? 1 : -1;
            if (ignored > 0 || text.Length >= RegisterFile.CellMaxLength)
                continue;
            if (isStart && xml.LocalName is "p" && paragraphs++ > 0)
                text.Append('\n');
            else if (isStart && xml.LocalName is "s")
                text.Append(' ', Math.Min(Count(xml, "c"), RegisterFile.CellMaxLength));
            else if (isStart && xml.LocalName is "tab")
                text.Append('\t');
            else if (isStart && xml.LocalName is "line-break")
                text.Append('\n');
            else if (xml.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace)
                text.Append(xml.Value.AsSpan(0, Math.Min(xml.Value.Length, RegisterFile.CellMaxLength)));
        }

        return text.ToString();
    }

    private static double? Number(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static int Count(XmlReader xml, string attribute) =>
        int.TryParse(Attribute(xml, attribute), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? Math.Clamp(count, 1, LastRow)
            : 1;

    /// <summary>The first attribute of a name, whatever its prefix.</summary>
    private static string? Attribute(XmlReader xml, string name)
    {
        string? value = null;
        while (value is null && xml.MoveToNextAttribute())
        {
            if (string.Equals(xml.LocalName, name, StringComparison.Ordinal))
                value = xml.Value;
        }

        xml.MoveToElement();
        return value;
    }
}
