using System.Diagnostics;
using System.Text.Json;
using MdcTts.Features.Transactions.Imports;
using MdcTts.Features.Transactions.Imports.Parsing;
using MdcTts.Support;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Infrastructure.Exports;

/// <summary>Every kind of workbook that leaves the house, opened by two readers that did not write it.</summary>
[Trait("runs", "once")]
public sealed class XlsxExportTests(SharedApp app) : IClassFixture<SharedApp>
{
    private const string Formula = "=HYPERLINK(\"http://x\")";

    private const string Openpyxl = """
        import json, sys
        from openpyxl import load_workbook
        def read(path):
            book = load_workbook(path)
            sheet = book.worksheets[0]
            rows = list(sheet.iter_rows())
            return {
                "sheets": len(book.worksheets),
                "rightToLeft": bool(sheet.sheet_view.rightToLeft),
                "frozen": sheet.freeze_panes,
                "filter": sheet.auto_filter.ref,
                "dimensions": sheet.dimensions,
                "widths": all(d.width and d.customWidth for d in sheet.column_dimensions.values()),
                "bold": all(cell.font.bold for cell in rows[0]),
                "headings": [cell.value for cell in rows[0]],
                "types": [[cell.data_type for cell in row] for row in rows],
                "formats": [[cell.number_format for cell in row] for row in rows],
                "values": [[None if cell.value is None else str(cell.value) for cell in row] for row in rows],
            }
        json.dump([read(path) for path in sys.argv[1:]], sys.stdout)
        """;

    [Fact]
    public async Task Our_own_reader_opens_every_kind()
    {
        foreach (var (kind, file) in await Kinds("en"))
        {
            var sheet = Assert.Single(XlsxSheets.Read(new XlsxParts(file)));
            var rows = sheet.Rows.ToList();
            Assert.True(kind == "template" ? rows.Count == 1 : rows.Count > 1, kind);
            Assert.Contains(rows[0].Cells, cell => cell.Text.Length > 0);
        }
    }

    [Theory]
    [InlineData("ص-4326/6", 2)]
    [InlineData("1447/ح/12", 2)]
    [InlineData("MDC/ص/12-3", 1)]
    [InlineData("sara@mdc.example", 1)]
    public async Task A_text_is_laid_out_in_its_own_direction(string text, int readingOrder)
    {
        var columns = new List<ExportColumn<string>> { new("الرقم", 18, value => new(Text: value)) };
        using var file = new MemoryStream();
        await XlsxExport.Write(file, "ورقة", isRightToLeft: true, columns, Rows(), CancellationToken.None);

        using var zip = new System.IO.Compression.ZipArchive(file);
        System.Xml.Linq.XDocument Part(string name)
        {
            using var part = zip.GetEntry(name)!.Open();
            return System.Xml.Linq.XDocument.Load(part);
        }

        var cell = Part("xl/worksheets/sheet1.xml").Descendants().Last(e => e.Name.LocalName == "c");
        var formats = Part("xl/styles.xml").Descendants().Single(e => e.Name.LocalName == "cellXfs").Elements();
        var format = formats.ElementAt((int)cell.Attribute("s")!);
        Assert.Equal(readingOrder, (int)format.Elements().Single().Attribute("readingOrder")!);

        async IAsyncEnumerable<string> Rows()
        {
            await Task.Yield();
            yield return text;
        }
    }

    [OpenpyxlFact]
    public async Task Openpyxl_opens_every_kind()
    {
        foreach (var language in new[] { "en", "ar" })
        {
            var kinds = await Kinds(language);
            var books = await Read([.. kinds.Select(k => k.File)]);
            foreach (var (kind, book) in kinds.Select(k => k.Kind).Zip(books))
            {
                var size = book.GetProperty("dimensions").GetString();
                Assert.Equal(1, book.GetProperty("sheets").GetInt32());
                Assert.Equal(language == "ar", book.GetProperty("rightToLeft").GetBoolean());
                Assert.Equal("A2", book.GetProperty("frozen").GetString());
                Assert.Equal(size, book.GetProperty("filter").GetString());
                Assert.True(book.GetProperty("widths").GetBoolean(), kind);
                Assert.True(book.GetProperty("bold").GetBoolean(), kind);
                Assert.DoesNotContain("f", Cells(book, "types").SelectMany(row => row));
            }
        }
    }

    [OpenpyxlFact]
    public async Task Openpyxl_reads_dates_amounts_numbers_and_texts_as_such()
    {
        var columns = new List<ExportColumn<ExportCell>> { new("الرقم <&>", 18, cell => cell) };
        ExportCell[] cells =
        [
            new(Formula),
            new("00123"),
            new("<&> \"'"),
            new("two\nlines "),
            new(Minor: 5_000_025),
            new(Date: new DateOnly(2026, 12, 1)),
            new(Date: new DateOnly(1900, 2, 28)),
            new(RiyadhTime: new DateTime(2026, 11, 22, 12, 30, 0)),
            new(Number: 12.5m),
            new(),
        ];
        using var file = new MemoryStream();
        await XlsxExport.Write(file, "It's <here>", false, columns, cells.ToAsyncEnumerable(), CancellationToken.None);

        var book = Assert.Single(await Read(file.ToArray()));

        Assert.Equal("A1:A11", book.GetProperty("filter").GetString());
        Assert.Equal(
            [
                ("s", "@", "الرقم <&>"),
                ("s", "@", Formula),
                ("s", "@", "00123"),
                ("s", "@", "<&> \"'"),
                ("s", "@", "two\nlines "),
                ("n", "#,##0.00", "50000.25"),
                ("d", @"yyyy\-mm\-dd", "2026-12-01 00:00:00"),
                ("s", "@", "1900-02-28"),
                ("d", @"yyyy\-mm\-dd\ hh:mm", "2026-11-22 12:30:00"),
                ("n", "General", "12.5"),
                ("n", "General", null),
            ],
            Cells(book, "types")
                .Zip(Cells(book, "formats"), Cells(book, "values"))
                .Select(row => (row.First[0]!, row.Second[0]!, row.Third[0]))
        );
    }

    private async Task<List<(string Kind, byte[] File)>> Kinds(string language)
    {
        await app.Given.Transaction(
            Formula,
            status: "submitted",
            reference: "00123",
            amount: 5_000_025,
            due: new DateOnly(2026, 12, 1)
        );
        using var api = app.Api(Nasser);
        var import = (await api.Import(Registers.Of(Registers.Row(Formula, status: "Nowhere"))))["id"];
        var files = new List<(string, byte[])>();
        foreach (
            var (kind, path) in new[]
            {
                ("transactions", "/transactions/export?format=xlsx"),
                ("users", "/users/export?format=xlsx"),
                ("audit", "/audit/export?format=xlsx"),
                ("template", "/transactions/imports/template.xlsx"),
                ("rejected", $"/transactions/imports/{import}/rejected.xlsx"),
            }
        )
            files.Add((kind, (await app.SignedInAs(Nasser).In(language).Page(path)).Expect(200).Bytes));
        return files;
    }

    private static List<List<string?>> Cells(JsonElement book, string what) =>
        [
            .. book.GetProperty(what)
                .EnumerateArray()
                .Select(row => row.EnumerateArray().Select(c => c.GetString()).ToList()),
        ];

    // The program takes longer to start than to read: it reads all at once.
    private static async Task<List<JsonElement>> Read(params byte[][] files)
    {
        var folder = Directory.CreateTempSubdirectory("mdc-xlsx-");
        try
        {
            var start = new ProcessStartInfo(Python.WithOpenpyxl!, ["-c", Openpyxl])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            foreach (var file in files)
            {
                var path = Path.Combine(folder.FullName, $"{start.ArgumentList.Count}.xlsx");
                await File.WriteAllBytesAsync(path, file);
                start.ArgumentList.Add(path);
            }

            using var python = Process.Start(start)!;
            var error = python.StandardError.ReadToEndAsync();
            var said = await python.StandardOutput.ReadToEndAsync();
            await python.WaitForExitAsync();
            Assert.True(python.ExitCode == 0, await error);
            var books = JsonDocument.Parse(said).RootElement.EnumerateArray().ToList();
            Assert.Equal(files.Length, books.Count);
            return books;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
