using Xunit;

namespace MdcTts.Features.Transactions.Imports.Parsing;

[Trait("runs", "once")]
public sealed class OdsSheetsTests
{
    private static string Row(params string[] cells) => $"<table:table-row>{string.Concat(cells)}</table:table-row>";

    private static string Text(string text) =>
        $"<table:table-cell office:value-type='string'><text:p>{text}</text:p></table:table-cell>";

    private static readonly string Headings = Row(
        Text("Reference"),
        Text("Title"),
        Text("Client"),
        Text("Amount"),
        Text("Due Date"),
        Text("Notes")
    );

    private static RegisterFile Read(params string[] tables)
    {
        var opening = RegisterFile.Open(Ods(string.Concat(tables)));
        Assert.Null(opening.Fault);
        return opening.File!;
    }

    private static MemoryStream Ods(string tables, params (string, string)[] more) =>
        Workbooks.Zip([
            ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
            (
                "content.xml",
                "<office:document-content xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0' "
                    + "xmlns:table='urn:oasis:names:tc:opendocument:xmlns:table:1.0' "
                    + "xmlns:text='urn:oasis:names:tc:opendocument:xmlns:text:1.0' "
                    + "xmlns:style='urn:oasis:names:tc:opendocument:xmlns:style:1.0' "
                    + "xmlns:calcext='urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0'>"
                    + "<office:automatic-styles><style:style style:name='ta2' style:family='table'>"
                    + "<style:table-properties table:display='false'/></style:style></office:automatic-styles>"
                    + $"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
                    + "</office:document-content>"
            ),
            .. more,
        ]);

    private static string Table(string name, params string[] rows) =>
        $"<table:table table:name='{name}'>{string.Concat(rows)}</table:table>";

    [Fact]
    public void Cells_are_read_as_the_sheet_shows_them()
    {
        var file = Read(
            Table(
                "سجل",
                Headings,
                Row(
                    "<table:table-cell office:value-type='float' office:value='123'><text:p>00123</text:p>"
                        + "</table:table-cell>",
                    "<table:table-cell office:value-type='string'><office:annotation><text:p>note</text:p>"
                        + "</office:annotation><text:p>One <text:s text:c='2'/>two</text:p><text:p>three</text:p>"
                        + "</table:table-cell>",
                    Text("Hospital &amp; Co"),
                    "<table:table-cell office:value-type='currency' office:currency='USD' office:value='1000'>"
                        + "<text:p>$1,000.00</text:p></table:table-cell>",
                    "<table:table-cell office:value-type='date' office:date-value='2026-12-31'>"
                        + "<text:p>31/12/26</text:p></table:table-cell>",
                    "<table:table-cell table:formula='of:=1+1' office:value-type='float' office:value='2'>"
                        + "<text:p>2</text:p></table:table-cell>"
                )
            )
        );

        var row = Assert.Single(file.Rows);
        Assert.Equal((RegisterFormat.Ods, "سجل", 2), (file.Format, file.Sheet, row.Number));
        Assert.Equal("00123", row.Cell(0).Text);
        Assert.Equal("One   two\nthree", row.Cell(1).Text);
        Assert.Equal("Hospital & Co", row.Cell(2).Text);
        Assert.Equal((1000m, "USD"), (row.Cell(3).Number, row.Cell(3).Currency));
        Assert.Equal(new DateOnly(2026, 12, 31), row.Cell(4).Date);
        Assert.True(row.Cell(5).Sources.HasFlag(CellSources.Formula));
    }

    [Fact]
    public void Errors_and_formulas_without_results_are_no_values()
    {
        var file = Read(
            Table(
                "S",
                Headings,
                Row(
                    "<table:table-cell table:formula='of:=#REF!' office:value-type='string' "
                        + "calcext:value-type='error'><text:p>#REF!</text:p></table:table-cell>",
                    "<table:table-cell table:formula='of:=2*500'/>",
                    Text("C")
                )
            )
        );

        Assert.Equal(CellTrouble.Error, file.Rows[0].Cell(0).Trouble);
        Assert.Equal((CellTrouble.NoResult, "=of:=2*500"), (file.Rows[0].Cell(1).Trouble, file.Rows[0].Cell(1).Text));
    }

    [Fact]
    public void Rows_and_cells_may_repeat_and_merged_cells_belong_to_every_row()
    {
        var file = Read(
            Table(
                "S",
                Headings,
                "<table:table-row table:number-rows-repeated='3'><table:table-cell "
                    + "table:number-columns-repeated='16384'/></table:table-row>",
                Row(
                    "<table:table-cell/>",
                    Text("First"),
                    "<table:table-cell table:number-rows-spanned='2' office:value-type='string'>"
                        + "<text:p>Merged</text:p></table:table-cell>"
                ),
                Row("<table:table-cell/>", Text("Second"), "<table:covered-table-cell/>"),
                $"<table:table-row table:number-rows-repeated='2' table:visibility='filter'>{Text("R")}{Text("T")}"
                    + $"{Text("C")}</table:table-row>",
                "<table:table-row table:number-rows-repeated='1048000'><table:table-cell/></table:table-row>"
            )
        );

        Assert.Equal([5, 6, 7, 8], file.Rows.Select(r => r.Number));
        Assert.Equal(["Merged", "Merged", "C", "C"], file.Rows.Select(r => r.Cell(2).Text));
        Assert.Equal([false, false, true, true], file.Rows.Select(r => r.IsHidden));
    }

    [Fact]
    public void Sheets_with_the_same_headings_are_read_and_others_named()
    {
        var file = Read(
            Table("Lists", Row(Text("Type"), Text("Status")), Row(Text("Payment"), Text("Draft"))),
            Table("January", Headings, Row(Text("1"), Text("One"), Text("C"))),
            Table("February", Headings, Row(Text("2"), Text("Two"), Text("C")))
        );

        Assert.Equal(["One", "Two"], file.Rows.Select(r => r.Cell(1).Text));
        Assert.Equal(
            [("Lists", 1, false), ("January", 1, true), ("February", 1, true)],
            file.Sheets.Select(s => (s.Name!, s.Rows, s.IsRead))
        );
    }

    [Fact]
    public void A_million_rows_a_password_and_rubbish_are_refused()
    {
        var many = Table(
            "S",
            Headings,
            $"<table:table-row table:number-rows-repeated='1000000'>{Text("1")}{Text("T")}{Text("C")}</table:table-row>"
        );
        Assert.Equal(RegisterFault.TooManyRows, RegisterFile.Open(Ods(many)).Fault);
        Assert.Equal(
            RegisterFault.Encrypted,
            RegisterFile.Open(Ods(Table("S", Headings), ("META-INF/manifest.xml", "<manifest:encryption-data/>"))).Fault
        );
        Assert.Equal(RegisterFault.UnreadableFile, RegisterFile.Open(Ods("<table:table>")).Fault);
    }

    [Fact]
    public void Macros_are_ignored_and_said_so()
    {
        var book = Workbooks.Xlsx(
            (
                "R",
                [
                    ["Reference", "Title", "Client"],
                    ["M-1", "With macros", "C"],
                ]
            )
        );
        using (var zip = new System.IO.Compression.ZipArchive(book, System.IO.Compression.ZipArchiveMode.Update, true))
        {
            using var macros = zip.CreateEntry("xl/vbaProject.bin").Open();
            macros.Write([0xD0, 0xCF, 0x11, 0xE0]);
        }

        book.Position = 0;
        var file = RegisterFile.Open(book).File!;

        Assert.True(file.HasMacros);
        Assert.Equal("macros_ignored", Assert.Single(Warnings.Of(file)).Kind);
        Assert.Equal("With macros", file.Rows[0].Cell(1).Text);
    }
}
