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
    private const double LastSecond = 1 - (0.5 / (24 * 60 * 60));
    private const int MaxMerges = 100_000;
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    public static IEnumerable<Sheet> Read(XlsxParts parts)
    {
        var book = Workbook(parts);
        var texts = new Lazy<List<string>>(() => SharedTexts(parts, book.SharedTexts));
        var styles = new Lazy<List<CellFormat>>(() => Styles(parts, book.Styles));
        var hasMacros = parts.Has("xl/vbaProject.bin");

        return book
            .Sheets.OrderBy(static sheet => sheet.IsHidden)
            .Select(sheet => new Sheet(
                sheet.Name,
                Rows(parts, sheet.Part, new Reading(texts, styles, book.Since1904, Merges(parts, sheet.Part)))
            )
            {
                IsHidden = sheet.IsHidden,
                HasMacros = hasMacros,
            });
    }

    /// <summary>What a cell needs beside its own element.</summary>
    private sealed record Reading(
        Lazy<List<string>> Texts,
        Lazy<List<CellFormat>> Styles,
        bool Since1904,
        Lazy<List<MergedDown>> Merges
    )
    {
        public CellFormat Format(int style) => style < Styles.Value.Count ? Styles.Value[style] : CellFormat.General;
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
                // Programs of today add a second element of this name in a namespace of their own.
                if (xml.LocalName is "workbookPr" && xml.Depth == 1 && IsMain(xml.NamespaceURI))
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
                    Resolved(folder, target)
                )
            );
        }

        return relations;
    }

    private static bool IsMain(string name) => name.EndsWith("/main", StringComparison.Ordinal) || name.Length == 0;

    /// <summary>The part that a relationship means: its target may go up (<c>../</c>) or stay (<c>./</c>).</summary>
    private static string Resolved(string folder, string target)
    {
        var steps = new List<string>();
        foreach (var step in ((target.StartsWith('/') ? string.Empty : folder) + target).Replace('\\', '/').Split('/'))
        {
            if (step is ".." && steps.Count > 0)
                steps.RemoveAt(steps.Count - 1);
            else if (step is not (".." or "." or ""))
                steps.Add(step);
        }

        return string.Join('/', steps);
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

            texts.Add(text.Finish(isInline: true));
            text.Clear();
        }

        return texts;
    }

    /// <summary>The number format of each style.</summary>
    private static List<CellFormat> Styles(XlsxParts parts, string? part)
    {
        var formats = new Dictionary<int, CellFormat>();
        var styles = new List<CellFormat>();
        var isInCellStyles = false;
        using var xml = part is null ? null : parts.Open(part);
        while (xml is not null && XlsxParts.Next(xml))
        {
            if (xml.LocalName is "cellXfs")
                isInCellStyles = xml.NodeType == XmlNodeType.Element && !xml.IsEmptyElement;
            if (xml.NodeType != XmlNodeType.Element)
                continue;

            if (xml.LocalName is "numFmt" && Number(xml.GetAttribute("numFmtId")) is { } id)
                formats[id] = CellFormat.Of(xml.GetAttribute("formatCode"));
            if (xml.LocalName is not "xf" || !isInCellStyles)
                continue;

            var format = Number(xml.GetAttribute("numFmtId")) ?? 0;
            styles.Add(formats.TryGetValue(format, out var own) ? own : CellFormat.BuiltIn(format));
        }

        return styles;
    }

    /// <summary>
    /// The cells that are merged downwards, in the order of their first rows. They stand behind the rows, so that they
    /// are looked for only where their name occurs at all.
    /// </summary>
    private static Lazy<List<MergedDown>> Merges(XlsxParts parts, string part) =>
        new(() =>
        {
            var merges = new List<MergedDown>();
            if (!parts.Mentions(part, "mergeCell "u8))
                return merges;

            using var xml = parts.Open(part);
            while (xml is not null && XlsxParts.Next(xml) && merges.Count < MaxMerges)
            {
                if (xml.NodeType != XmlNodeType.Element || xml.LocalName is not "mergeCell")
                    continue;
                var ends = (xml.GetAttribute("ref") ?? string.Empty).Split(':');
                if (
                    ends.Length == 2
                    && Column(ends[0]) is { } column
                    && RowOf(ends[0]) is { } first
                    && RowOf(ends[1]) is { } last
                    && last > first
                )
                    merges.Add(new(column, first, last));
            }

            merges.Sort(static (one, other) => one.First.CompareTo(other.First));
            return merges;
        });

    private static int? RowOf(string address) => Number(address.TrimStart('$').TrimStart([.. Letters]).TrimStart('$'));

    private static IEnumerable<RegisterRow> Rows(XlsxParts parts, string part, Reading reading)
    {
        var fill = new MergedCells(reading.Merges.Value);
        RegisterRow? last = null;
        // Some programs write one row in several elements.
        foreach (var row in RowElements(parts, part, reading))
        {
            if (last is not null && last.Number == row.Number)
            {
                last = Joined(last, row);
                continue;
            }

            if (last is not null)
                yield return fill.Into(last);
            last = row;
        }

        if (last is not null)
            yield return fill.Into(last);
    }

    private static RegisterRow Joined(RegisterRow row, RegisterRow more)
    {
        var cells = row.Cells.ToList();
        for (var i = 0; i < more.Cells.Count; i++)
        {
            if (i == cells.Count)
                cells.Add(more.Cells[i]);
            else if (!more.Cells[i].IsBlank)
                cells[i] = more.Cells[i];
        }

        return row with
        {
            Cells = cells,
        };
    }

    private static IEnumerable<RegisterRow> RowElements(XlsxParts parts, string part, Reading reading)
    {
        using var xml = parts.Open(part) ?? throw new RegisterFaultException(RegisterFault.UnreadableFile);
        var (row, column, style, type) = (0, -1, 0, (string?)null);
        var cells = new List<RegisterCell>();
        var text = new CellText();
        var (isInData, isHidden) = (false, false);

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
                if (number < row || number is 0 or > LastRow)
                    throw new RegisterFaultException(RegisterFault.UnreadableFile);

                (row, column) = (number, -1);
                isHidden = xml.GetAttribute("hidden") is "1" or "true";
                cells = [];
            }
            else if (xml.NodeType == XmlNodeType.Element && xml.LocalName is "c")
            {
                column = Column(xml.GetAttribute("r")) ?? column + 1;
                type = xml.GetAttribute("t");
                style = Number(xml.GetAttribute("s")) ?? 0;
                text.Clear();
            }
            else if (
                xml.NodeType == XmlNodeType.EndElement
                && xml.LocalName is "c"
                && column <= RegisterFile.MaxColumns
            )
            {
                while (cells.Count <= column)
                    cells.Add(RegisterCell.Empty);
                cells[column] = Cell(type, text, reading, style);
            }
            else if (xml.NodeType == XmlNodeType.EndElement && xml.LocalName is "row")
            {
                yield return new RegisterRow(row, cells) { IsHidden = isHidden };
            }
        }
    }

    private static RegisterCell Cell(string? type, CellText text, Reading reading, int style)
    {
        var cell = Value(type, text.Finish(isInline: type is "inlineStr"), reading, style);
        if (!text.HasFormula)
            return cell;
        // A number cannot be empty: nobody has computed it.
        if (cell.Text.Length == 0 && type is not ("str" or "s" or "inlineStr"))
            return SheetCells.NoResult(text.Formula);
        return cell with { Sources = cell.Sources | CellSources.Formula };
    }

    private static RegisterCell Value(string? type, string text, Reading reading, int style)
    {
        if (text.Length == 0)
            return RegisterCell.Empty;

        switch (type)
        {
            case "s":
                return Number(text) is { } index && index < reading.Texts.Value.Count
                    ? SheetCells.Text(reading.Texts.Value[index])
                    : RegisterCell.Empty;
            case "b":
                return new(string.Equals(text, "1", StringComparison.Ordinal) ? "TRUE" : "FALSE");
            case "e":
                return SheetCells.Error(text);
            case "d" when DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date):
                return SheetCells.Date(date);
            case null
            or "n" when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number):
                var format = reading.Format(style);
                if (format.IsTime && number is >= 0 and < LastSecond)
                    return SheetCells.Time(TimeSpan.FromDays(number));
                return format.IsDate
                    ? SheetCells.DateSerial(number, reading.Since1904)
                    : SheetCells.Number(number, format) with
                    {
                        Since1904 = reading.Since1904,
                    };
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
            if (letter == '$')
                continue;
            if (!char.IsAsciiLetter(letter))
                break;

            column = (column * 26) + (char.ToUpperInvariant(letter) - 'A' + 1);
            if (column > LastColumn)
                throw new RegisterFaultException(RegisterFault.UnreadableFile);
        }

        return column == 0 ? null : column - 1;
    }

    /// <summary>
    /// Gathers the text of one cell, which may come in runs; readings for the pronunciation of Japanese are left out.
    /// Value, text and formula stand side by side: which of them counts, the cell's type says.
    /// </summary>
    private sealed class CellText
    {
        private const int FormulaShown = 200;

        private readonly StringBuilder value = new();
        private readonly StringBuilder text = new();
        private readonly StringBuilder formula = new();
        private StringBuilder? open;
        private bool isPhonetic;

        public bool HasFormula { get; private set; }

        public string Formula =>
            formula.Length <= FormulaShown ? formula.ToString() : formula.ToString(0, FormulaShown);

        public void Take(XmlReader xml)
        {
            switch (xml.NodeType)
            {
                case XmlNodeType.Element when xml.LocalName is "v" or "t" or "f":
                    HasFormula |= xml.LocalName is "f";
                    open = xml.IsEmptyElement || isPhonetic ? null : Place(xml.LocalName);
                    break;
                case XmlNodeType.EndElement when xml.LocalName is "v" or "t" or "f":
                    open = null;
                    break;
                case XmlNodeType.Element or XmlNodeType.EndElement when xml.LocalName is "rPh":
                    isPhonetic = xml.NodeType == XmlNodeType.Element && !xml.IsEmptyElement;
                    break;
                case XmlNodeType.Text
                or XmlNodeType.CDATA
                or XmlNodeType.Whitespace
                or XmlNodeType.SignificantWhitespace when open is { Length: < RegisterFile.CellMaxLength }:
                    open.Append(xml.Value.AsSpan(0, Math.Min(xml.Value.Length, RegisterFile.CellMaxLength)));
                    break;
                default:
                    break;
            }
        }

        /// <summary>The text, with what workbooks write as <c>_x000D_</c> back in its place.</summary>
        public string Finish(bool isInline)
        {
            var from = isInline && text.Length > 0 ? text : value;
            if (from.Length == 0)
                return string.Empty;

            var whole = from.ToString();
            return whole.Contains("_x", StringComparison.Ordinal) ? XmlConvert.DecodeName(whole) : whole;
        }

        public void Clear()
        {
            value.Clear();
            text.Clear();
            formula.Clear();
            (open, HasFormula) = (null, false);
        }

        private StringBuilder Place(string element) =>
            element switch
            {
                "v" => value,
                "t" => text,
                _ => formula,
            };
    }
}
