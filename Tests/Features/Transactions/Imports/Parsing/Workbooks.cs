using System.Globalization;
using System.IO.Compression;
using System.Security;
using System.Text;

namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>Makes small files as other programs write them, byte by byte where a library would be too polite.</summary>
internal static class Workbooks
{
    private const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    private const string Office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

    /// <summary>A workbook of sheets; cells are texts, numbers, dates, null, or ready-made XML.</summary>
    public static MemoryStream Xlsx(params (string Name, object?[][] Rows)[] sheets) =>
        XlsxOf([.. sheets.Select(sheet => (sheet.Name, string.Empty, SheetXml(sheet.Rows)))]);

    public static MemoryStream XlsxOf(
        (string Name, string Attributes, string Xml)[] sheets,
        string? sharedStrings = null,
        bool since1904 = false
    ) =>
        Zip([
            (
                "_rels/.rels",
                "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>"
                    + $"<Relationship Id='r1' Type='{Office}/officeDocument' Target='/xl/workbook.xml'/>"
                    + "</Relationships>"
            ),
            (
                "xl/workbook.xml",
                $"<workbook xmlns='{Main}' xmlns:r='{Office}'>"
                    + $"<workbookPr{(since1904 ? " date1904='1'" : string.Empty)}/><sheets>"
                    + string.Concat(
                        sheets.Select(
                            (sheet, at) =>
                                $"<sheet name='{SecurityElement.Escape(sheet.Name)}' sheetId='{at + 1}' "
                                + $"{sheet.Attributes} r:id='s{at}'/>"
                        )
                    )
                    + "</sheets></workbook>"
            ),
            (
                "xl/_rels/workbook.xml.rels",
                "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>"
                    + $"<Relationship Id='st' Type='{Office}/styles' Target='styles.xml'/>"
                    + $"<Relationship Id='ss' Type='{Office}/sharedStrings' Target='sharedStrings.xml'/>"
                    + string.Concat(
                        sheets.Select(
                            (_, at) =>
                                $"<Relationship Id='s{at}' Type='{Office}/worksheet' "
                                + $"Target='worksheets/sheet{at + 1}.xml'/>"
                        )
                    )
                    + "</Relationships>"
            ),
            (
                "xl/styles.xml",
                $"<styleSheet xmlns='{Main}'><numFmts><numFmt numFmtId='164' formatCode='dd/mm/yyyy'/><numFmt "
                    + "numFmtId='165' formatCode='#,##0.00 \"day\"'/></numFmts><cellStyleXfs><xf "
                    + "numFmtId='14'/></cellStyleXfs><cellXfs><xf numFmtId='0'/><xf numFmtId='14'/><xf "
                    + "numFmtId='164'/><xf numFmtId='165'/></cellXfs></styleSheet>"
            ),
            ("xl/sharedStrings.xml", sharedStrings ?? $"<sst xmlns='{Main}'/>"),
            .. sheets.Select((sheet, at) => ($"xl/worksheets/sheet{at + 1}.xml", sheet.Xml)),
        ]);

    public static string SheetXml(params object?[][] rows) =>
        SheetXml(
            string.Concat(
                rows.Select(
                    (row, at) =>
                        row.Length == 0 ? string.Empty : $"<row r='{at + 1}'>{string.Concat(row.Select(CellXml))}</row>"
                )
            )
        );

    public static string SheetXml(string rows) =>
        $"<worksheet xmlns='{Main}'><sheetData>{rows}</sheetData></worksheet>";

    public static MemoryStream Zip((string Name, string Content)[] entries)
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                using var writer = new StreamWriter(zip.CreateEntry(name, CompressionLevel.Fastest).Open());
                writer.Write(content);
            }
        }

        stream.Position = 0;
        return stream;
    }

    /// <summary>An archive that holds little and unpacks to much.</summary>
    public static MemoryStream ZipOfRepeated(string name, string content, int times)
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = zip.CreateEntry(name, CompressionLevel.Fastest).Open();
            var bytes = Encoding.UTF8.GetBytes(content);
            entry.Write("<all>"u8);
            for (var i = 0; i < times; i++)
                entry.Write(bytes);
        }

        stream.Position = 0;
        return stream;
    }

    public static MemoryStream Text(string text, Encoding encoding, bool withMark = false) =>
        new([.. withMark ? encoding.GetPreamble() : [], .. encoding.GetBytes(text)]);

    public static MemoryStream Utf8(string text) => Text(text, new UTF8Encoding(false));

    /// <summary>A workbook of Excel 97: one sheet of texts, numbers and dates.</summary>
    public static MemoryStream Xls(string name, params object?[][] rows)
    {
        byte[] formats = [.. Record(0x00E0, CellFormat(0)), .. Record(0x00E0, CellFormat(14))];
        byte[] title = [(byte)name.Length, 1, .. Encoding.Unicode.GetBytes(name)];
        byte[] start =
        [
            .. Record(0x0809, [0, 6, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
            .. Record(0x0042, [0xB0, 0x04]),
            .. formats,
        ];
        var sheetAt = start.Length + 4 + 6 + title.Length + 4;

        byte[] globals =
        [
            .. start,
            .. Record(0x0085, [.. BitConverter.GetBytes(sheetAt), 0, 0, .. title]),
            .. Record(0x000A, []),
        ];
        byte[] width = [.. BitConverter.GetBytes((ushort)rows.Max(static row => row.Length)), 0, 0];
        byte[] dimensions = [0, 0, 0, 0, .. BitConverter.GetBytes(rows.Length), 0, 0, .. width];
        var cells = rows.SelectMany((row, r) => row.SelectMany((value, c) => CellRecord((ushort)r, (ushort)c, value)));
        return Compound(
            [
                .. globals,
                .. Record(0x0809, [0, 6, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
                .. Record(0x0200, dimensions),
                .. cells,
                .. Record(0x000A, []),
            ],
            "Workbook"
        );
    }

    /// <summary>
    /// A workbook of Excel 97 whose cells name shared texts; of these it claims to have another number.
    /// </summary>
    public static MemoryStream XlsOfShared(string[] texts, uint claimed, int[][] rows)
    {
        byte[] strings =
        [
            .. BitConverter.GetBytes(claimed),
            .. BitConverter.GetBytes(claimed),
            .. texts.SelectMany(text =>
                (byte[])[.. BitConverter.GetBytes((ushort)text.Length), 1, .. Encoding.Unicode.GetBytes(text)]
            ),
        ];
        byte[] start =
        [
            .. Record(0x0809, [0, 6, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
            .. Record(0x0042, [0xB0, 0x04]),
            .. Record(0x00E0, CellFormat(0)),
        ];
        byte[] name = [1, 1, .. Encoding.Unicode.GetBytes("S")];
        var sheetAt = start.Length + 4 + 6 + name.Length + 4 + strings.Length + 4;
        byte[] dimensions = [0, 0, 0, 0, .. BitConverter.GetBytes(rows.Length), 0, 0, (byte)rows[0].Length, 0, 0, 0];
        var cells = rows.SelectMany(
            (row, r) =>
                row.SelectMany((index, c) => Record(0x00FD, [(byte)r, 0, (byte)c, 0, 0, 0, (byte)index, 0, 0, 0]))
        );
        return Compound(
            [
                .. start,
                .. Record(0x0085, [.. BitConverter.GetBytes(sheetAt), 0, 0, .. name]),
                .. Record(0x00FC, strings),
                .. Record(0x000A, []),
                .. Record(0x0809, [0, 6, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
                .. Record(0x0200, dimensions),
                .. cells,
                .. Record(0x000A, []),
            ],
            "Workbook"
        );
    }

    /// <summary>A compound file that holds one stream.</summary>
    public static MemoryStream Compound(byte[] content, string streamName)
    {
        const int sector = 512;
        var count = Math.Max((content.Length + sector - 1) / sector, 4096 / sector);
        var file = new byte[sector * (3 + count)];
        byte[] header = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
        header.CopyTo(file, 0);
        Short(24, 0x3E);
        Short(26, 3);
        Short(28, 0xFFFE);
        Short(30, 9);
        Short(32, 6);
        Int(44, 1);
        Int(48, 1);
        Int(56, 4096);
        Int(60, -2);
        Int(68, -2);
        for (var i = 0; i < 109; i++)
            Int(76 + (i * 4), i == 0 ? 0 : -1);

        // The first sector is the table of sectors, the second the directory, the rest the stream.
        for (var i = 0; i < sector / 4; i++)
            Int(sector + (i * 4), -1);
        Int(sector, -3);
        Int(sector + 4, -2);
        for (var i = 0; i < count; i++)
            Int(sector + 8 + (i * 4), i == count - 1 ? -2 : i + 3);
        Entry(sector * 2, "Root Entry", type: 5, child: 1, start: -2, size: 0);
        Entry((sector * 2) + 128, streamName, type: 2, child: -1, start: 2, size: count * sector);
        content.CopyTo(file, sector * 3);
        return new MemoryStream(file);

        void Short(int at, int value) => BitConverter.GetBytes((ushort)value).CopyTo(file, at);
        void Int(int at, int value) => BitConverter.GetBytes(value).CopyTo(file, at);
        void Entry(int at, string name, byte type, int child, int start, int size)
        {
            Encoding.Unicode.GetBytes(name).CopyTo(file, at);
            Short(at + 64, (name.Length + 1) * 2);
            file[at + 66] = type;
            file[at + 67] = 1;
            Int(at + 68, -1);
            Int(at + 72, -1);
            Int(at + 76, child);
            Int(at + 116, start);
            Int(at + 120, size);
        }
    }

    /// <summary>
    /// The same for a stream of less than 4096 bytes, which shares its sectors with other small ones.
    /// </summary>
    public static MemoryStream SmallCompound(byte[] content, string streamName)
    {
        const int sector = 512;
        var container = Compound(new byte[content.Length], streamName).ToArray();
        var file = new byte[container.Length + sector];
        container.AsSpan(0, sector * 3).CopyTo(file);
        content.CopyTo(file, sector * 3);

        // The stream's sectors become the root's, and one more behind them links the small sectors.
        var count = (container.Length / sector) - 3;
        Int(60, count + 2);
        Int(64, 1);
        Int(sector + ((count + 2) * 4), -2);
        Int((sector * 2) + 116, 2);
        Int((sector * 2) + 120, count * sector);
        Int((sector * 2) + 128 + 116, 0);
        Int((sector * 2) + 128 + 120, content.Length);
        var links = (content.Length + 63) / 64;
        for (var i = 0; i < sector / 4; i++)
            Int(sector * (count + 3) + (i * 4), i < links - 1 ? i + 1 : -2);
        return new MemoryStream(file);

        void Int(int at, int value) => BitConverter.GetBytes(value).CopyTo(file, at);
    }

    private static string CellXml(object? value) =>
        value switch
        {
            null => "<c/>",
            string xml when xml.StartsWith("<c", StringComparison.Ordinal) => xml,
            string text => $"<c t='inlineStr'><is><t>{SecurityElement.Escape(text)}</t></is></c>",
            DateOnly date => "<c s='1'><v>"
                + $"{date.ToDateTime(TimeOnly.MinValue).ToOADate().ToString(CultureInfo.InvariantCulture)}</v>"
                + "</c>",
            _ => $"<c><v>{Convert.ToString(value, CultureInfo.InvariantCulture)}</v></c>",
        };

    private static byte[] Record(int id, byte[] data) =>
        [.. BitConverter.GetBytes((ushort)id), .. BitConverter.GetBytes((ushort)data.Length), .. data];

    private static byte[] CellFormat(byte number) =>
        [0, 0, number, 0, 1, 0, 0x20, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    private static byte[] CellRecord(ushort row, ushort column, object? value)
    {
        byte[] at = [.. BitConverter.GetBytes(row), .. BitConverter.GetBytes(column)];
        return value switch
        {
            null => [],
            string text => Record(
                0x0204,
                [.. at, 0, 0, .. BitConverter.GetBytes((ushort)text.Length), 1, .. Encoding.Unicode.GetBytes(text)]
            ),
            DateOnly date => Record(
                0x0203,
                [.. at, 1, 0, .. BitConverter.GetBytes(date.ToDateTime(TimeOnly.MinValue).ToOADate())]
            ),
            _ => Record(
                0x0203,
                [.. at, 0, 0, .. BitConverter.GetBytes(Convert.ToDouble(value, CultureInfo.InvariantCulture))]
            ),
        };
    }
}
