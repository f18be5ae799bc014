using System.Security;
using System.Text;

namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>
/// Small registers, each with something that some program writes: A is the reference, B the title, C the client, D the
/// amount, E the due date, F the description.
/// </summary>
internal static class Oddities
{
    private const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    private const string Office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    private const string Package = "http://schemas.openxmlformats.org/package/2006/relationships";
    private const string Strict = "http://purl.oclc.org/ooxml/spreadsheetml/main";
    private const string StrictOffice = "http://purl.oclc.org/ooxml/officeDocument/relationships";
    private const string Types = "http://schemas.openxmlformats.org/package/2006/content-types";
    private const string Relations = "application/vnd.openxmlformats-package.relationships+xml";
    private const string Content = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    private const string OdsType = "application/vnd.oasis.opendocument.spreadsheet";
    private const string OpenDocument = "urn:oasis:names:tc:opendocument:xmlns:";
    private const string Prefixes =
        $"xmlns:office='{OpenDocument}office:1.0' xmlns:table='{OpenDocument}table:1.0' "
        + $"xmlns:text='{OpenDocument}text:1.0'";
    private static readonly string[] Headings = ["Reference", "Title", "Client", "Amount", "Due Date", "Description"];
    private static readonly string[] Shared =
    [
        "<si><t>مشترك</t></si>",
        "<si><r><t>rich </t></r><r><rPr><b/></rPr><t xml:space='preserve'>text </t></r><r><t>of runs</t></r></si>",
        "<si><t>課長</t><rPh sb='0' eb='2'><t>カチョウ</t></rPh></si>",
        "<si><t xml:space='preserve'>  two spaces before and after  </t></si>",
        "<si><t>line_x000D_\nbreak &amp; &lt;sign&gt; &#x627;&#1604;</t></si>",
        "<si><t/></si>",
    ];

    /// <summary>Number formats, each used by the style of its place; the first is General.</summary>
    private static readonly string[] Formats =
    [
        "General",
        "dd/mm/yyyy",
        "[$-401]dddd, mmmm dd, yyyy",
        "yyyy\"年\"m\"月\"d\"日\"",
        "d mmm yy",
        "yyyy-mm-dd hh:mm:ss",
        "m/d/yy h:mm AM/PM",
        "#,##0.00",
        "0.00%",
        "# ?/?",
        "$#,##0.00",
        "[$€-2] #,##0.00",
        "[$SAR] #,##0.00",
        "_-* #,##0.00_-;-* #,##0.00_-;_-* \"-\"??_-;_-@_-",
        "00000",
        "\"RRM-\"0000",
        "0.00E+00",
        "@",
        "#,##0.00;[Red]-#,##0.00",
        "[h]:mm:ss",
        "#,##0.00\" day\"",
        "[$-2000401]d/mm/yyyy;@",
        "General\" d\"",
        "h:mm AM/PM",
        "hh:mm:ss",
    ];

    /// <summary>Their names and bytes.</summary>
    public static IEnumerable<(string Name, byte[] Content)> All =>
        [.. Cells(), .. Books(), .. Dates(), .. Sheets(), .. Ods(), .. Texts(), .. Old()];

    private static IEnumerable<(string, byte[])> Cells()
    {
        yield return Named("shared", Row(Sst(0), Sst(1), Sst(2), Sst(3), "", Sst(4)));
        yield return Named("shared-empty", Row(Sst(0), Sst(1), Sst(0), "", "", Sst(5)));
        yield return Named("inline", Row(Text("IN-1"), Text("عنوان"), Text("c"), "", "", Text("a\nb")));
        yield return Named(
            "inline-rich",
            Row(
                "<c r='A2' t='inlineStr'><is><r><t>IR</t></r><r><t>-1</t></r></is></c>",
                Text("t"),
                Text("c"),
                "",
                "",
                ""
            )
        );
        yield return Named(
            "text-of-formula",
            Row("<c r='A2' t='str'><f>B2&amp;1</f><v>F-1</v></c>", Text("t"), Text("c"))
        );
        yield return Named(
            "formulas",
            Row(
                Text("FO"),
                Text("t"),
                Text("c"),
                "<c r='D2'><f>1+1</f><v>2</v></c>",
                "<c r='E2' s='1'><f>TODAY()</f><v>46357</v></c>",
                "<c r='F2' t='str'><f>\"\"</f><v></v></c>"
            )
        );
        yield return Named(
            "shared-formula",
            Row(Text("SF"), Text("t"), Text("c"), "<c r='D2'><f t='shared' ref='D2:D3' si='0'>1+1</f><v>2</v></c>")
                + "<row r='3'><c r='A3' t='s'><v>0</v></c><c r='B3' t='s'><v>0</v></c><c r='C3' t='s'><v>0</v></c>"
                + "<c r='D3'><f t='shared' si='0'/><v>3.5</v></c></row>"
        );
        yield return Named(
            "array-formula",
            Row(Text("AF"), Text("t"), Text("c"), "<c r='D2'><f t='array' ref='D2'>SUM(1,2)</f><v>3</v></c>")
        );
        yield return Named("no-result", Row(Text("NR"), Text("t"), Text("c"), "<c r='D2'><f>2*500</f></c>"));
        yield return Named("truth", Row(Text("B"), "<c r='B2' t='b'><v>1</v></c>", "<c r='C2' t='b'><v>0</v></c>"));
        string[] errors = ["#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"];
        foreach (var (error, at) in errors.Select((error, at) => (error, at)))
            yield return Named(
                $"error-{at}",
                Row(Text("E"), Text("t"), Text("c"), $"<c r='D2' t='e'><v>{error}</v></c>", "", Text("x"))
            );
        yield return Named(
            "character-data",
            Row("<c r='A2' t='inlineStr'><is><t><![CDATA[<a&b>]]></t></is></c>", Text("t"), Text("c"))
        );
        yield return Named("unknown-style", Row(Text("US"), Text("t"), Text("c"), "<c r='D2' s='99'><v>5</v></c>"));
        yield return Named("empty-cells", Row("<c r='A2' s='1'/>", Text("t"), Text("c"), "<c r='D2'><v/></c>"));
        yield return Named(
            "without-addresses",
            "<row><c t='s'><v>0</v></c><c t='s'><v>1</v></c><c t='s'><v>2</v></c><c><v>7</v></c></row>"
        );
        yield return Named(
            "gaps",
            "<row r='2'><c r='B2' t='s'><v>0</v></c><c r='F2' t='s'><v>1</v></c></row>"
                + "<row r='9'><c r='A9' t='s'><v>0</v></c><c r='C9' t='s'><v>1</v></c></row>"
        );
        string[] numbers =
        [
            "0",
            "-5",
            "0.1",
            "0.30000000000000004",
            "1234.5650000000001",
            "1.5E7",
            "1E-7",
            "123456789012345",
            "1E+16",
            "999999999999999",
            "-0.5",
            "100",
            "3.14159265358979",
        ];
        yield return Named(
            "numbers",
            string.Concat(
                numbers.Select(
                    (number, at) =>
                        Line(at + 2, $"<c r='B{at + 2}'><v>{number}</v></c><c r='D{at + 2}' t='n'><v>{number}</v></c>")
                )
            )
        );
        foreach (var (format, at) in Formats.Select((format, at) => (format, at)))
        {
            string[] values = ["0.25", "46357", "46357.75", "1", "-2.5", "60", "61"];
            yield return Named(
                $"format-{at:00}",
                string.Concat(
                    values.Select(
                        (value, i) =>
                            Line(
                                i + 2,
                                $"<c r='B{i + 2}' t='s'><v>0</v></c><c r='D{i + 2}' s='{at}'><v>{value}</v></c>"
                            )
                    )
                )
            );
        }
    }

    private static IEnumerable<(string, byte[])> Dates()
    {
        foreach (var since1904 in new[] { false, true })
        {
            var rows = string.Concat(
                new[] { "100", "15000.5", "44895", "46357.000011574", "46357.999988426", "60000" }.Select(
                    (value, i) =>
                        Line(i + 2, $"<c r='B{i + 2}' t='s'><v>0</v></c><c r='E{i + 2}' s='5'><v>{value}</v></c>")
                )
            );
            yield return Named($"since-{(since1904 ? 1904 : 1900)}", rows, since1904: since1904);
        }
    }

    private static IEnumerable<(string, byte[])> Books()
    {
        var row = Row(Sst(0), Sst(1), Sst(2), "<c r='D2'><v>12.5</v></c>", "<c r='E2' s='1'><v>46357</v></c>", Sst(3));
        yield return ("strict.xlsx", Book(Sheet(row, Strict), main: Strict, office: StrictOffice));
        yield return ("prefixes.xlsx", Book(Prefixed(Sheet(row))));
        yield return ("absolute-targets.xlsx", Book(Sheet(row), target: "/xl/worksheets/"));
        yield return ("up-targets.xlsx", Book(Sheet(row), target: "../xl/worksheets/"));
        yield return ("with-mark.xlsx", Book("\uFEFF" + Sheet(row)));
        yield return ("comments.xlsx", Book(Sheet("<!-- c -->" + row + "<!-- <row r='3'/> -->")));
        yield return (
            "extensions.xlsx",
            Book(
                Sheet(row)
                    .Replace(
                        "</worksheet>",
                        "<extLst><ext uri='x'><c r='A9'><v>9</v></c></ext></extLst></worksheet>",
                        StringComparison.Ordinal
                    )
            )
        );
        yield return ("declared.xlsx", Book("<?xml version='1.0' encoding='UTF-8' standalone='yes'?>" + Sheet(row)));
        yield return (
            "columns-and-views.xlsx",
            Book(
                Sheet(row)
                    .Replace(
                        "<sheetData>",
                        "<sheetViews><sheetView workbookViewId='0' rightToLeft='1'/></sheetViews>"
                            + "<cols><col min='1' max='6' width='20' customWidth='1'/></cols><sheetData>",
                        StringComparison.Ordinal
                    )
            )
        );
        yield return (
            "merged.xlsx",
            Book(
                Sheet(row + "<row r='3'><c r='B3' t='s'><v>0</v></c></row>")
                    .Replace(
                        "</sheetData>",
                        "</sheetData><mergeCells><mergeCell ref='C2:C3'/><mergeCell ref='A3:A3'/></mergeCells>",
                        StringComparison.Ordinal
                    )
            )
        );
        yield return (
            "hidden-rows.xlsx",
            Book(Sheet(row + "<row r='3' hidden='1'><c r='B3' t='s'><v>0</v></c><c r='C3' t='s'><v>1</v></c></row>"))
        );
        yield return ("leading-rows.xlsx", Book(Sheet(row, at: 7)));
        yield return ("leading-columns.xlsx", Book(Shifted(Sheet(row))));
    }

    private static IEnumerable<(string, byte[])> Sheets()
    {
        var register = Sheet(Row(Sst(0), Sst(1), Sst(2)));
        var lists = Workbooks.SheetXml([
            ["Type", "Status"],
            ["a", "b"],
        ]);
        yield return ("hidden-sheet-first.xlsx", Book([("lists", "state='hidden'", lists), ("السجل", "", register)]));
        yield return (
            "very-hidden-sheet.xlsx",
            Book([("x & <y>", "", register), ("secret", "state='veryHidden'", register)])
        );
        yield return ("empty-sheet-first.xlsx", Book([("empty", "", Workbooks.SheetXml("")), ("two", "", register)]));
    }

    private static IEnumerable<(string, byte[])> Old()
    {
        yield return (
            "old.xls",
            Workbooks
                .Xls(
                    "سجل",
                    [.. Headings],
                    ["ع-1", "مراجعة مخططات", "شركة مدن", 1250.5, new DateOnly(2026, 12, 1), "x"],
                    [null, "b", "c", -3.25, null, null],
                    [],
                    ["ZZ", "t", "c", 1e9, new DateOnly(1999, 1, 1), "y"]
                )
                .ToArray()
        );
    }

    private static IEnumerable<(string, byte[])> Ods()
    {
        var content =
            $"<office:document-content {Prefixes} office:version='1.3'><office:body><office:spreadsheet>"
            + $"<table:table table:name='سجل'>{OdsRow([.. Headings.Select(heading => OdsText(heading))])}"
            + OdsRow(
                OdsText("OD-1"),
                OdsText("عنوان</text:p><text:p>سطر"),
                OdsText("a<text:s text:c=\"3\"/>b"),
                OdsCell("office:value-type='float' office:value='12.5'", "12.5"),
                OdsCell("office:value-type='string' office:string-value='said'", "said"),
                OdsCell("office:value-type='boolean' office:boolean-value='true'", "TRUE")
            )
            + OdsRow(
                    OdsText("r"),
                    OdsCell("table:number-columns-repeated='2' office:value-type='string'", "twice"),
                    OdsCell("office:value-type='currency' office:currency='SAR' office:value='7'", "SAR 7.00")
                )
                .Replace(
                    "<table:table-row",
                    "<table:table-row table:number-rows-repeated='2'",
                    StringComparison.Ordinal
                )
            + "<table:table-row table:number-rows-repeated='1048000'>"
            + "<table:table-cell table:number-columns-repeated='1000'/></table:table-row>"
            + "</table:table></office:spreadsheet></office:body></office:document-content>";
        yield return (
            "by-hand.ods",
            Workbooks
                .Zip([
                    ("mimetype", OdsType),
                    ("content.xml", content),
                    (
                        "META-INF/manifest.xml",
                        $"<manifest:manifest xmlns:manifest='{OpenDocument}manifest:1.0'><manifest:file-entry "
                            + $"manifest:full-path='/' manifest:media-type='{OdsType}'/></manifest:manifest>"
                    ),
                ])
                .ToArray()
        );
    }

    private static string OdsRow(params string[] cells) => $"<table:table-row>{string.Concat(cells)}</table:table-row>";

    private static string OdsText(string text) => OdsCell("office:value-type='string'", text);

    private static string OdsCell(string attributes, string shown) =>
        $"<table:table-cell {attributes}><text:p>{shown}</text:p></table:table-cell>";

    private static IEnumerable<(string, byte[])> Texts()
    {
        foreach (var (name, sign) in new[] { ("comma", ','), ("semicolon", ';'), ("tab", '\t') })
        {
            var text =
                string.Join(sign, Headings)
                + "\r\n"
                + string.Join(sign, "T-1", "\"say \"\"so\"\"\"", "\"two\nlines\"", "5", "2026-12-01", $"\"a{sign}b\"")
                + "\r\n"
                + string.Join(sign, "T-2", "عنوان", "شركة", "", "", "")
                + "\r\n\r\n"
                + string.Join(sign, "T-3", " spaces ", "c", "1.50", "01/12/2026", "end");
            var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
            yield return ($"{name}.csv", utf8.GetBytes(text));
            yield return ($"{name}-marked.csv", [0xEF, 0xBB, 0xBF, .. utf8.GetBytes(text)]);
            yield return ($"{name}-utf16.csv", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(text)]);
            yield return ($"{name}-1256.csv", CodePagesEncodingProvider.Instance.GetEncoding(1256)!.GetBytes(text));
        }
    }

    private static (string, byte[]) Named(string name, string rows, bool since1904 = false) =>
        (name + ".xlsx", Book(Sheet(rows), since1904: since1904));

    private static string Sheet(string rows, string main = Main, int at = 1)
    {
        var headings = string.Concat(
            Headings.Select((heading, i) => $"<c r='{(char)('A' + i)}1' t='inlineStr'><is><t>{heading}</t></is></c>")
        );
        var all = $"<row r='1'>{headings}</row>{rows}";
        if (at > 1)
            all = all.Replace("1'", $"{at}'", StringComparison.Ordinal)
                .Replace("2'", $"{at + 1}'", StringComparison.Ordinal);
        return $"<worksheet xmlns='{main}'><sheetData>{all}</sheetData></worksheet>";
    }

    private static string Row(params string[] cells) => $"<row r='2'>{string.Concat(cells.Select(Placed))}</row>";

    private static string Line(int number, string cells) =>
        $"<row r='{number}'><c r='A{number}' t='s'><v>0</v></c>{cells}</row>";

    private static string Placed(string cell, int at) =>
        cell.Replace("{at}", $"{(char)('A' + at)}2", StringComparison.Ordinal);

    private static string Sst(int index) => $"<c r='{{at}}' t='s'><v>{index}</v></c>";

    private static string Text(string text) =>
        $"<c r='{{at}}' t='inlineStr'><is><t>{SecurityElement.Escape(text)}</t></is></c>";

    /// <summary>The same elements with a prefix.</summary>
    private static string Prefixed(string sheet) =>
        sheet
            .Replace("</", "</x:", StringComparison.Ordinal)
            .Replace("<", "<x:", StringComparison.Ordinal)
            .Replace("<x:/x:", "</x:", StringComparison.Ordinal)
            .Replace("xmlns=", "xmlns:x=", StringComparison.Ordinal);

    /// <summary>Two columns further right.</summary>
    private static string Shifted(string sheet)
    {
        for (var column = 'F'; column >= 'A'; column--)
            sheet = sheet.Replace($"r='{column}", $"r='{(char)(column + 2)}", StringComparison.Ordinal);
        return sheet;
    }

    private static string SharedXml(string main) => $"<sst xmlns='{main}'>{string.Concat(Shared)}</sst>";

    private static byte[] Book(
        string sheet,
        string main = Main,
        string office = Office,
        string target = "worksheets/",
        bool since1904 = false
    ) => Book([("Register", "", sheet)], main, office, target, since1904);

    private static byte[] Book(
        (string Name, string Attributes, string Xml)[] sheets,
        string main = Main,
        string office = Office,
        string target = "worksheets/",
        bool since1904 = false
    )
    {
        var formats = Formats.Select(
            (format, at) => $"<numFmt numFmtId='{164 + at}' formatCode='{SecurityElement.Escape(format)}'/>"
        );
        var styles = Formats.Select((_, at) => $"<xf numFmtId='{(at == 0 ? 0 : 164 + at)}' applyNumberFormat='1'/>");
        string[] parts = ["workbook", "styles", "sharedStrings", .. sheets.Select((_, at) => $"worksheets/sheet{at}")];
        var types = parts.Select(part =>
            $"<Override PartName='/xl/{part}.xml' ContentType='{Content}.{TypeOf(part)}+xml'/>"
        );
        var names = sheets.Select(
            (sheet, at) =>
                $"<sheet name='{SecurityElement.Escape(sheet.Name)}' sheetId='{at + 1}' {sheet.Attributes} "
                + $"r:id='s{at}'/>"
        );
        var relations = sheets.Select((_, at) => Relation($"s{at}", "worksheet", $"{target}sheet{at}.xml"));
        return Workbooks
            .Zip([
                (
                    "[Content_Types].xml",
                    $"<Types xmlns='{Types}'><Default Extension='rels' ContentType='{Relations}'/>"
                        + $"<Default Extension='xml' ContentType='application/xml'/>{string.Concat(types)}</Types>"
                ),
                ("_rels/.rels", Linked(Relation("r1", "officeDocument", "xl/workbook.xml"))),
                (
                    "xl/workbook.xml",
                    $"<workbook xmlns='{main}' xmlns:r='{office}'><workbookPr{(since1904 ? " date1904='1'" : "")}/>"
                        + $"<sheets>{string.Concat(names)}</sheets></workbook>"
                ),
                (
                    "xl/_rels/workbook.xml.rels",
                    Linked(
                        Relation("st", "styles", "styles.xml")
                            + Relation("ss", "sharedStrings", "sharedStrings.xml")
                            + string.Concat(relations)
                    )
                ),
                (
                    "xl/styles.xml",
                    $"<styleSheet xmlns='{main}'><numFmts count='{Formats.Length}'>{string.Concat(formats)}</numFmts>"
                        + $"<cellXfs count='{Formats.Length}'>{string.Concat(styles)}</cellXfs></styleSheet>"
                ),
                ("xl/sharedStrings.xml", SharedXml(main)),
                .. sheets.Select((sheet, at) => ($"xl/worksheets/sheet{at}.xml", sheet.Xml)),
            ])
            .ToArray();

        string Relation(string id, string type, string to) =>
            $"<Relationship Id='{id}' Type='{office}/{type}' Target='{to}'/>";
        static string Linked(string relations) => $"<Relationships xmlns='{Package}'>{relations}</Relationships>";
        static string TypeOf(string part) =>
            part switch
            {
                "workbook" => "sheet.main",
                "styles" or "sharedStrings" => part,
                _ => "worksheet",
            };
    }
}
