using System.IO.Compression;
using Xunit;

namespace MdcTts.Features.Transactions.Imports.Parsing;

[Trait("runs", "once")]
public sealed class RejectedRowsTests
{
    private static readonly RegisterRow[] Rows =
    [
        new(
            5,
            [
                new("=HYPERLINK(\"http://x\")"),
                new("+1"),
                new("1250.5", Number: 1250.5m),
                new("2026-12-01", Date: new DateOnly(2026, 12, 1)),
            ]
        ),
        new(9, [new("bell\u0007 and \uD83D half"), new("سطر أول\nسطر ثان")]),
    ];

    [Fact]
    public async Task Rejected_rows_can_be_put_right_and_imported_again()
    {
        using var workbook = await Written("en");

        var file = RegisterFile.Open(workbook).File!;

        Assert.Equal(
            ["Title", "", "Amount", "Title", "Client", "Reason", "Row"],
            file.Columns.Select(column => column.Heading)
        );
        Assert.Equal(
            ["=HYPERLINK(\"http://x\")", "+1", "1250.5", "2026-12-01", "", "title too long", "5"],
            file.Rows[0].Cells.Select(cell => cell.Text)
        );
        Assert.Equal((1250.5m, new DateOnly(2026, 12, 1)), (file.Rows[0].Cells[2].Number, file.Rows[0].Cells[3].Date));
        Assert.Equal(
            ["bell and \uFFFD half", "سطر أول\nسطر ثان"],
            file.Rows[1].Cells.Take(2).Select(cell => cell.Text)
        );
    }

    [Fact]
    public async Task Nothing_in_them_is_a_formula()
    {
        using var workbook = await Written("en");

        Assert.DoesNotContain("<x:f", SheetXml(workbook), StringComparison.Ordinal);
        Assert.DoesNotContain("<f", SheetXml(workbook), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_Arabic_sheet_runs_from_right_to_left()
    {
        using var arabic = await Written("ar");
        using var english = await Written("en");

        Assert.Contains("rightToLeft=\"1\"", SheetXml(arabic), StringComparison.Ordinal);
        Assert.DoesNotContain("rightToLeft=\"1\"", SheetXml(english), StringComparison.Ordinal);
        Assert.Equal(
            ["سبب الرفض", "رقم الصف"],
            RegisterFile.Open(arabic).File!.Columns.TakeLast(2).Select(column => column.Heading)
        );
    }

    private static async Task<MemoryStream> Written(string language)
    {
        var workbook = new MemoryStream();
        await RejectedRows.Write(
            workbook,
            ["Title", "", "Amount", "Title", "Client"],
            Rows,
            ["title too long", "=1+1"],
            language,
            CancellationToken.None
        );
        workbook.Position = 0;
        return workbook;
    }

    private static string SheetXml(MemoryStream workbook)
    {
        using var zip = new ZipArchive(new MemoryStream(workbook.ToArray()));
        using var reader = new StreamReader(zip.GetEntry("xl/worksheets/sheet1.xml")!.Open());
        return reader.ReadToEnd();
    }
}
