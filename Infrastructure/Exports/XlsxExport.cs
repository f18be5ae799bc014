using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Text;

namespace MdcTts.Infrastructure.Exports;

/// <summary>
/// An Excel workbook written while it is sent: one sheet, heading row frozen, filter buttons, right to left in Arabic,
/// dates and amounts as such.
/// </summary>
/// <remarks>
/// Written by hand. SpreadCheetah, the library that streams as this does, has no sheet that runs from right to left,
/// and
/// asks for the filter's last row before the first one is written.
/// Texts are inline and formatted as text: nothing in them is ever computed, also not when somebody edits the cell.
/// </remarks>
public static partial class XlsxExport
{
    /// <summary>What a sheet can hold, heading included.</summary>
    public const int RowsMax = 1_048_576;

    private const int Buffered = 32_768;
    private const string Declaration = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>""" + "\n";
    private const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    private const string Relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    private const string PackageRelations = "http://schemas.openxmlformats.org/package/2006/relationships";
    private const string Content = "application/vnd.openxmlformats-officedocument.spreadsheetml";

    private const string ContentTypes = $"""
        <Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
          <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
          <Default Extension="xml" ContentType="application/xml"/>
          <Override PartName="/xl/workbook.xml" ContentType="{Content}.sheet.main+xml"/>
          <Override PartName="/xl/worksheets/sheet1.xml" ContentType="{Content}.worksheet+xml"/>
          <Override PartName="/xl/styles.xml" ContentType="{Content}.styles+xml"/>
        </Types>
        """;

    private const string PackageLinks = $"""
        <Relationships xmlns="{PackageRelations}">
          <Relationship Id="r1" Type="{Relations}/officeDocument" Target="xl/workbook.xml"/>
        </Relationships>
        """;

    /// <summary>Where a workbook's custom properties stand.</summary>
    public const string PropertiesPart = "docProps/custom.xml";

    /// <summary>The one that all programs use for custom properties.</summary>
    private const string PropertyFormat = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}";

    private const string PropertiesType = $"""
        <Override PartName="/{PropertiesPart}"
          ContentType="application/vnd.openxmlformats-officedocument.custom-properties+xml"/>
        """;

    private const string PropertiesLink = $"""
        <Relationship Id="r2" Type="{Relations}/custom-properties" Target="{PropertiesPart}"/>
        """;

    private const string WorkbookLinks = $"""
        <Relationships xmlns="{PackageRelations}">
          <Relationship Id="r1" Type="{Relations}/worksheet" Target="worksheets/sheet1.xml"/>
          <Relationship Id="r2" Type="{Relations}/styles" Target="styles.xml"/>
        </Relationships>
        """;

    private const string Styles = $"""
        <styleSheet xmlns="{Main}">
          <numFmts count="2">
            <numFmt numFmtId="164" formatCode="yyyy\-mm\-dd"/>
            <numFmt numFmtId="165" formatCode="yyyy\-mm\-dd\ hh:mm"/>
          </numFmts>
          <fonts count="2">
            <font><sz val="11"/><name val="Calibri"/></font>
            <font><b/><sz val="11"/><name val="Calibri"/></font>
          </fonts>
          <fills count="3">
            <fill><patternFill patternType="none"/></fill>
            <fill><patternFill patternType="gray125"/></fill>
            <fill><patternFill patternType="solid"><fgColor rgb="FFE4EFE9"/></patternFill></fill>
          </fills>
          <borders count="1"><border/></borders>
          <cellStyleXfs count="1"><xf/></cellStyleXfs>
          <cellXfs count="7">
            <xf/>
            <xf numFmtId="49" fontId="1" fillId="2" applyNumberFormat="1" applyFont="1" applyFill="1"/>
            <xf numFmtId="49" applyNumberFormat="1" applyAlignment="1"><alignment readingOrder="1"/></xf>
            <xf numFmtId="4" applyNumberFormat="1" applyAlignment="1"><alignment readingOrder="1"/></xf>
            <xf numFmtId="164" applyNumberFormat="1" applyAlignment="1"><alignment readingOrder="1"/></xf>
            <xf numFmtId="165" applyNumberFormat="1" applyAlignment="1"><alignment readingOrder="1"/></xf>
            <xf numFmtId="49" applyNumberFormat="1" applyAlignment="1"><alignment readingOrder="2"/></xf>
          </cellXfs>
        </styleSheet>
        """;

    /// <summary>
    /// Excel counts a 29 February 1900 that never was: days before it would be off by one, and are written as text.
    /// </summary>
    private static readonly DateOnly FirstDate = new(1900, 3, 1);

    private static readonly DateTime DayZero = new(1899, 12, 30);
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    // The places of the cell formats in styles.xml.
    private const int GeneralStyle = 0,
        HeadingStyle = 1,
        TextStyle = 2,
        AmountStyle = 3,
        DateStyle = 4,
        TimeStyle = 5,
        ArabicTextStyle = 6;

    public static async Task Write<T>(
        Stream to,
        string sheet,
        bool isRightToLeft,
        IReadOnlyList<ExportColumn<T>> columns,
        IAsyncEnumerable<T> rows,
        CancellationToken stop,
        (string Name, string Value)? property = null
    )
    {
        await using var outgoing = new OutgoingStream(to);
        var zip = new ZipArchive(outgoing, ZipArchiveMode.Create, leaveOpen: true, Utf8);
        Part(zip, "[Content_Types].xml", property is null ? ContentTypes : With(ContentTypes, PropertiesType));
        Part(zip, "_rels/.rels", property is null ? PackageLinks : With(PackageLinks, PropertiesLink));
        if (property is { } kept)
            Part(zip, PropertiesPart, Properties(kept.Name, kept.Value));
        Part(zip, "xl/_rels/workbook.xml.rels", WorkbookLinks);
        Part(zip, "xl/styles.xml", Styles);

        var (column, row) = await Sheet(zip, outgoing, isRightToLeft, columns, rows, stop);
        var filter = $"'{Escaped(sheet.Replace("'", "''"))}'!$A$1:${column}${row}";
        Part(
            zip,
            "xl/workbook.xml",
            $"""
            <workbook xmlns="{Main}" xmlns:r="{Relations}">
              <sheets><sheet name="{Escaped(sheet)}" sheetId="1" r:id="r1"/></sheets>
              <definedNames>
                <definedName name="_xlnm._FilterDatabase" localSheetId="0" hidden="1">{filter}</definedName>
              </definedNames>
            </workbook>
            """
        );

        // Only here, not when something went wrong: without its directory a broken file cannot pass for a whole one.
        zip.Dispose();
        await outgoing.Send(stop);
    }

    /// <summary>Adds an element as the last one.</summary>
    private static string With(string xml, string last) =>
        xml.Insert(xml.LastIndexOf("</", StringComparison.Ordinal), last);

    /// <summary>A custom property, which programs keep when somebody edits the workbook.</summary>
    private static string Properties(string name, string value) =>
        $"""
            <Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
              xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">
              <property fmtid="{PropertyFormat}" pid="2" name="{Escaped(name)}">
                <vt:lpwstr>{Escaped(value)}</vt:lpwstr>
              </property>
            </Properties>
            """;

    private static async Task<(string Column, int Row)> Sheet<T>(
        ZipArchive zip,
        OutgoingStream outgoing,
        bool isRightToLeft,
        IReadOnlyList<ExportColumn<T>> columns,
        IAsyncEnumerable<T> rows,
        CancellationToken stop
    )
    {
        await using var part = zip.CreateEntry("xl/worksheets/sheet1.xml", CompressionLevel.Fastest).Open();
        var xml = new StringBuilder(Declaration, Buffered * 2);
        var direction = isRightToLeft ? " rightToLeft=\"1\"" : "";
        xml.Append(
            $"""
            <worksheet xmlns="{Main}">
              <sheetViews>
                <sheetView workbookViewId="0"{direction}>
                  <pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>
                </sheetView>
              </sheetViews>
              <cols>
            """
        );
        for (var c = 0; c < columns.Count; c++)
            xml.Append($"""<col min="{c + 1}" max="{c + 1}" width="{columns[c].Width}" customWidth="1"/>""");
        xml.Append("</cols><sheetData><row>");
        foreach (var column in columns)
            AppendText(xml, column.Heading, HeadingStyle);
        xml.Append("</row>");

        var written = 1;
        await foreach (var row in rows.WithCancellation(stop))
        {
            if (++written > RowsMax)
                throw new InvalidOperationException("A sheet holds no more rows.");
            xml.Append("<row>");
            foreach (var column in columns)
                Append(xml, column.Cell(row));
            xml.Append("</row>");
            if (xml.Length >= Buffered)
                await Flush();
        }

        var last = ColumnName(columns.Count);
        xml.Append($"""</sheetData><autoFilter ref="A1:{last}{written}"/></worksheet>""");
        await Flush();
        return (last, written);

        async Task Flush()
        {
            await part.WriteAsync(Utf8.GetBytes(xml.ToString()), stop);
            xml.Clear();
            await outgoing.Send(stop);
        }
    }

    private static void Append(StringBuilder xml, ExportCell cell)
    {
        switch (cell)
        {
            case { Minor: { } minor }:
                AppendNumber(xml, Amounts.ToDecimalString(minor), AmountStyle);
                break;
            case { Number: { } number }:
                AppendNumber(xml, number.ToString(CultureInfo.InvariantCulture), GeneralStyle);
                break;
            case { Date: { } date } when date < FirstDate:
                AppendText(xml, date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), TextStyle);
                break;
            case { Date: { } date }:
                AppendNumber(
                    xml,
                    (date.DayNumber - DateOnly.FromDateTime(DayZero).DayNumber).ToString(CultureInfo.InvariantCulture),
                    DateStyle
                );
                break;
            case { RiyadhTime: { } at }:
                AppendNumber(
                    xml,
                    (at - DayZero).TotalDays.ToString("0.##########", CultureInfo.InvariantCulture),
                    TimeStyle
                );
                break;
            case { Text.Length: > 0 }:
                // Not that of the sheet: one reference must not look different in the next row.
                AppendText(xml, cell.Text, Bidi.IsRightToLeft(cell.Text) is true ? ArabicTextStyle : TextStyle);
                break;
            default:
                xml.Append("<c/>");
                break;
        }
    }

    private static void AppendNumber(StringBuilder xml, string number, int style) =>
        xml.Append($"""<c s="{style}"><v>{number}</v></c>""");

    private static void AppendText(StringBuilder xml, string text, int style) =>
        xml.Append($"""<c s="{style}" t="inlineStr"><is><t xml:space="preserve">{Escaped(text)}</t></is></c>""");

    /// <summary>
    /// XML, and what Excel would take for one of its own escapes (<c>_x0041_</c>) escaped once more. Characters that no
    /// XML holds are left out.
    /// </summary>
    private static string Escaped(string text)
    {
        if (PlainText.HasForbidden(text))
            text = string.Concat(
                text.EnumerateRunes()
                    .Where(static rune => !PlainText.HasForbidden(rune.ToString()) && rune.Value != 0xFFFD)
            );
        text = ExcelEscape().Replace(text, "_x005F_${escape}");
        return text.AsSpan().IndexOfAny("&<>\"\r") < 0
            ? text
            : text.Replace("&", "&amp;")
                .Replace("<", "&lt;")
                .Replace(">", "&gt;")
                .Replace("\"", "&quot;")
                .Replace("\r", "&#13;");
    }

    private static string ColumnName(int column) =>
        column <= 26
            ? ((char)('A' + column - 1)).ToString()
            : ColumnName((column - 1) / 26) + ColumnName(((column - 1) % 26) + 1);

    private static void Part(ZipArchive zip, string name, string xml)
    {
        using var part = zip.CreateEntry(name, CompressionLevel.Fastest).Open();
        part.Write(Utf8.GetBytes(Declaration + xml));
    }

    [GeneratedRegex("_(?<escape>x[0-9A-Fa-f]{4}_)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ExcelEscape();
}
