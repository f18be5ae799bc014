using System.Globalization;
using System.Text;
using System.Xml;

namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>Reads the workbooks of Excel 2007 and later, and of everything that writes such files.</summary>
/// <remarks>
/// Our own reader, because a workbook comes from outside: what the libraries allocate is what a cell's address claims
/// (<c>ZZZZZZ1</c>), and they inflate without counting. Formulas give the value that was last computed; nothing is
/// evaluated.
/// </remarks>
internal static class XlsxSheets
{
    private const int MaxSheets = 100;
    private const int MaxSharedTexts = 1_000_000;
    private const int LastRow = 1_048_576;
    private const int LastColumn = 16_384;

    public static IEnumerable<Sheet> Read(byte[] bytes)
    {
        // The archive lives as long as the rows that are read from it, and holds nothing but memory.
        var parts = new XlsxParts(bytes);
        var book = Workbook(parts);
        var texts = new Lazy<List<string>>(() => SharedTexts(parts, book.SharedTexts));
        var dates = new Lazy<HashSet<int>>(() => DateStyles(parts, book.Styles));

        return book
            .Sheets.OrderBy(static sheet => sheet.IsHidden)
            .Select(sheet => new Sheet(sheet.Name, Rows(parts, sheet.Part, texts, dates, book.Since1904)));
    }

    private sealed record Book(
        List<(string Name, string Part, bool IsHidden)> Sheets,
        string? SharedTexts,
        string? Styles,
        bool Since1904
    );

    private static Book Workbook(XlsxParts parts)
    {
        var root =
            Relations(parts, string.Empty)
                .FirstOrDefault(static relation => relation.Type.EndsWith("/officeDocument", StringComparison.Ordinal))
                .Part
            ?? "xl/workbook.xml";
        var relations = Relations(parts, root);
        var sheets = new List<(string, string, bool)>();
        var since1904 = false;

        using (var xml = parts.Open(root) ?? throw new RegisterFaultException(RegisterFault.UnreadableFile))
        {
            while (XlsxParts.Next(xml))
            {
                if (xml.NodeType != XmlNodeType.Element)
                    continue;
                if (xml.LocalName is "workbookPr")
                    since1904 = xml.GetAttribute("date1904") is "1" or "true";
                if (xml.LocalName is not "sheet")
                    continue;

                var id = Attribute(xml, "id");
                var part = relations
                    .FirstOrDefault(relation =>
                        string.Equals(relation.Id, id, StringComparison.Ordinal)
                        && relation.Type.EndsWith("/worksheet", StringComparison.Ordinal)
                    )
                    .Part;
                if (part is not null)
                    sheets.Add(
                        (
                            xml.GetAttribute("name") ?? string.Empty,
                            part,
                            xml.GetAttribute("state") is "hidden" or "veryHidden"
                        )
                    );
                if (sheets.Count > MaxSheets)
                    throw new RegisterFaultException(RegisterFault.UnreadableFile);
            }
        }

        return new(sheets, Part("/sharedStrings"), Part("/styles"), since1904);

        string? Part(string type) =>
            relations.FirstOrDefault(relation => relation.Type.EndsWith(type, StringComparison.Ordinal)).Part;
    }

    private static List<(string Id, string Type, string Part)> Relations(XlsxParts parts, string of)
    {
        var folder = of.Contains('/', StringComparison.Ordinal) ? of[..(of.LastIndexOf('/') + 1)] : string.Empty;
        var relations = new List<(string, string, string)>();
        using var xml = parts.Open(folder + "_rels/" + of[folder.Length..] + ".rels");
        while (xml is not null && XlsxParts.Next(xml) && relations.Count < 10_000)
        {
            if (xml.NodeType != XmlNodeType.Element || xml.LocalName is not "Relationship")
                continue;

            var target = xml.GetAttribute("Target") ?? string.Empty;
            relations.Add(
                (
                    xml.GetAttribute("Id") ?? string.Empty,
                    xml.GetAttribute("Type") ?? string.Empty,
                    target.StartsWith('/') ? target[1..] : folder + target
                )
            );
        }

        return relations;
    }

    /// <summary>
    /// An attribute whatever its namespace: the strict and the usual dialect differ in nothing else that matters here.
    /// </summary>
    private static string? Attribute(XmlReader xml, string name)
    {
        string? value = null;
        while (xml.MoveToNextAttribute())
        {
            if (string.Equals(xml.LocalName, name, StringComparison.Ordinal))
                value = xml.Value;
        }

        xml.MoveToElement();
        return value;
    }

    private static List<string> SharedTexts(XlsxParts parts, string? part)
    {
        var texts = new List<string>();
        var text = new CellText();
        using var xml = part is null ? null : parts.Open(part);
        while (xml is not null && XlsxParts.Next(xml))
        {
            text.Take(xml);
            if (xml.LocalName is not "si")
                continue;
            if (xml.NodeType == XmlNodeType.Element && !xml.IsEmptyElement)
                continue;
            if (xml.NodeType is not (XmlNodeType.Element or XmlNodeType.EndElement))
                continue;
            if (texts.Count == MaxSharedTexts)
                throw new RegisterFaultException(RegisterFault.TooLarge);

            texts.Add(text.Finish());
        }

        return texts;
    }

    /// <summary>The styles whose number format shows a date.</summary>
    private static HashSet<int> DateStyles(XlsxParts parts, string? part)
    {
        var formats = new Dictionary<int, bool>();
        var dates = new HashSet<int>();
        var (isInCellStyles, style) = (false, 0);
        using var xml = part is null ? null : parts.Open(part);
        while (xml is not null && XlsxParts.Next(xml))
        {
            if (xml.LocalName is "cellXfs")
                isInCellStyles = xml.NodeType == XmlNodeType.Element && !xml.IsEmptyElement;
            if (xml.NodeType != XmlNodeType.Element)
                continue;

            if (xml.LocalName is "numFmt" && Number(xml.GetAttribute("numFmtId")) is { } id)
                formats[id] = ShowsDate(xml.GetAttribute("formatCode") ?? string.Empty);
            if (xml.LocalName is not "xf" || !isInCellStyles)
                continue;

            var format = Number(xml.GetAttribute("numFmtId")) ?? 0;
            if (
                formats.TryGetValue(format, out var shows)
                    ? shows
                    : format is (>= 14 and <= 17) or 22 or (>= 27 and <= 36) or (>= 50 and <= 58)
            )
                dates.Add(style);
            style++;
        }

        return dates;
    }

    /// <summary>A format with a year or a day in it, apart from quoted words, escaped letters and colours.</summary>
    private static bool ShowsDate(string format)
    {
        for (var i = 0; i < format.Length; i++)
        {
            switch (format[i])
            {
                case '"':
                    i = End(format, i, '"');
                    break;
                case '[':
                    i = End(format, i, ']');
                    break;
                case '\\' or '_' or '*':
                    i++;
                    break;
                case 'y'
                or 'Y'
                or 'd'
                or 'D'
                or 'e'
                    when !format.Contains("General", StringComparison.OrdinalIgnoreCase)
                        && !format.Contains("E+", StringComparison.OrdinalIgnoreCase):
                    return true;
                default:
                    break;
            }
        }

        return false;

        static int End(string format, int from, char mark) =>
            format.IndexOf(mark, from + 1) is var end and >= 0 ? end : format.Length;
    }

    private static IEnumerable<RegisterRow> Rows(
        XlsxParts parts,
        string part,
        Lazy<List<string>> texts,
        Lazy<HashSet<int>> dates,
        bool since1904
    )
    {
        using var xml = parts.Open(part) ?? throw new RegisterFaultException(RegisterFault.UnreadableFile);
        var (row, column, style, type) = (0, -1, 0, (string?)null);
        var cells = new List<RegisterCell>();
        var text = new CellText();
        var isInData = false;

        while (XlsxParts.Next(xml))
        {
            if (xml.LocalName is "sheetData")
                isInData = xml.NodeType == XmlNodeType.Element && !xml.IsEmptyElement;
            if (!isInData)
                continue;

            text.Take(xml);
            if (xml.NodeType == XmlNodeType.Element && xml.LocalName is "row")
            {
                var number = Number(xml.GetAttribute("r")) ?? row + 1;
                if (number <= row || number > LastRow)
                    throw new RegisterFaultException(RegisterFault.UnreadableFile);

                (row, column) = (number, -1);
                cells = [];
            }
            else if (xml.NodeType == XmlNodeType.Element && xml.LocalName is "c")
            {
                column = Column(xml.GetAttribute("r")) ?? column + 1;
                type = xml.GetAttribute("t");
                style = Number(xml.GetAttribute("s")) ?? 0;
                text.Finish();
            }
            else if (
                xml.NodeType == XmlNodeType.EndElement
                && xml.LocalName is "c"
                && column <= RegisterFile.MaxColumns
            )
            {
                while (cells.Count <= column)
                    cells.Add(RegisterCell.Empty);
                cells[column] = Cell(type, text.Finish(), texts, isDate: dates.Value.Contains(style), since1904);
            }
            else if (xml.NodeType == XmlNodeType.EndElement && xml.LocalName is "row")
            {
                yield return new RegisterRow(row, cells);
            }
        }
    }

    private static RegisterCell Cell(string? type, string text, Lazy<List<string>> texts, bool isDate, bool since1904)
    {
        if (text.Length == 0)
            return RegisterCell.Empty;

        switch (type)
        {
            case "s":
                return Number(text) is { } index && index < texts.Value.Count
                    ? SheetCells.Text(texts.Value[index])
                    : RegisterCell.Empty;
            case "b":
                return new(string.Equals(text, "1", StringComparison.Ordinal) ? "TRUE" : "FALSE");
            case "d" when DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date):
                return SheetCells.Date(date);
            case null
            or "n" when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number):
                return isDate ? SheetCells.DateSerial(number, since1904) : SheetCells.Number(number);
            default:
                return SheetCells.Text(text);
        }
    }

    private static int? Number(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>The column of an address such as AB12, counted from 0.</summary>
    private static int? Column(string? address)
    {
        var column = 0;
        foreach (var letter in address ?? string.Empty)
        {
            if (!char.IsAsciiLetterUpper(letter))
                break;

            column = (column * 26) + (letter - 'A' + 1);
            if (column > LastColumn)
                throw new RegisterFaultException(RegisterFault.UnreadableFile);
        }

        return column == 0 ? null : column - 1;
    }

    /// <summary>
    /// Gathers the text of one cell, which may come in runs; readings for the pronunciation of Japanese are left out.
    /// </summary>
    private sealed class CellText
    {
        private readonly StringBuilder text = new();
        private bool isOpen;
        private bool isPhonetic;

        public void Take(XmlReader xml)
        {
            switch (xml.NodeType)
            {
                case XmlNodeType.Element when xml.LocalName is "v" or "t":
                    isOpen = !xml.IsEmptyElement && !isPhonetic;
                    break;
                case XmlNodeType.EndElement when xml.LocalName is "v" or "t":
                    isOpen = false;
                    break;
                case XmlNodeType.Element or XmlNodeType.EndElement when xml.LocalName is "rPh":
                    isPhonetic = xml.NodeType == XmlNodeType.Element && !xml.IsEmptyElement;
                    break;
                case XmlNodeType.Text
                or XmlNodeType.CDATA
                or XmlNodeType.Whitespace
                or XmlNodeType.SignificantWhitespace when isOpen && text.Length < RegisterFile.CellMaxLength:
                    text.Append(xml.Value.AsSpan(0, Math.Min(xml.Value.Length, RegisterFile.CellMaxLength)));
                    break;
                default:
                    break;
            }
        }

        /// <summary>The text, with what workbooks write as <c>_x000D_</c> back in its place.</summary>
        public string Finish()
        {
            if (text.Length == 0)
                return string.Empty;

            var whole = text.ToString();
            text.Clear();
            return whole.Contains("_x", StringComparison.Ordinal) ? XmlConvert.DecodeName(whole) : whole;
        }
    }
}
