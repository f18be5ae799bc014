using System.Data.Common;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using ExcelDataReader;
using MdcTts.Features.Transactions.Imports.Parsing;
using MdcTts.Infrastructure.Exports;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.Exports;

public sealed class ExportTransactionsTests(App app) : IClassFixture<App>
{
    private static readonly DateOnly Due = new(2026, 12, 1);

    [Fact]
    public async Task A_workbook_holds_what_the_filter_shows_with_typed_cells()
    {
        var tag = await Two();

        var answer = (
            await app.SignedInAs(Nasser).Page($"/transactions/export?format=xlsx&q={tag}&sort=number")
        ).Expect(200);

        Assert.Equal(
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            answer.Header("Content-Type")
        );
        Assert.Equal(
            "attachment; filename=transactions-2026-11-22.xlsx; filename*=UTF-8''transactions-2026-11-22.xlsx",
            answer.Header("Content-Disposition")
        );
        var rows = Rows(answer.Bytes);
        Assert.Equal(3, rows.Count);
        Assert.Equal(["Reference Number", "Transaction Number", "Title"], rows[0].Take(3));
        var first = Cells(rows, 1);
        Assert.Equal("00123", first["Reference Number"]);
        Assert.Equal("=HYPERLINK(\"http://x\") _x0041_ <&>", ((string)first["Title"]!)[(tag.Length + 1)..]);
        Assert.Equal(50_000.25, first["Amount"]);
        Assert.Equal(Due.ToDateTime(TimeOnly.MinValue), first["Due Date"]);
        Assert.Equal(
            new DateTime(2026, 11, 22, 12, 30, 0),
            ((DateTime)first["Created"]!)
                .AddMilliseconds(1)
                .Date.AddMinutes(Math.Round(((DateTime)first["Created"]!).TimeOfDay.TotalMinutes))
        );
        Assert.Equal(Sara.Email, first["Assignee"]);
        Assert.Equal("secret", first["Internal Notes"]);
        Assert.Null(Cells(rows, 2)["Amount"]);
    }

    [Fact]
    public async Task The_sheet_is_frozen_filtered_and_in_arabic_from_right_to_left()
    {
        var tag = await Two();

        var sheet = Part(await In("ar", tag), "xl/worksheets/sheet1.xml");

        XNamespace ns = sheet.Root!.Name.Namespace;
        Assert.Equal("1", sheet.Descendants(ns + "sheetView").Single().Attribute("rightToLeft")?.Value);
        Assert.Equal("frozen", sheet.Descendants(ns + "pane").Single().Attribute("state")?.Value);
        Assert.Equal("A1:AA3", sheet.Descendants(ns + "autoFilter").Single().Attribute("ref")?.Value);
        Assert.Empty(sheet.Descendants(ns + "f"));
        Assert.Null(
            Part(await In("en", tag), "xl/worksheets/sheet1.xml")
                .Descendants(ns + "sheetView")
                .Single()
                .Attribute("rightToLeft")
        );

        async Task<byte[]> In(string language, string q) =>
            (await app.SignedInAs(Nasser).In(language).Page($"/transactions/export?format=xlsx&q={q}"))
                .Expect(200)
                .Bytes;
    }

    [Theory]
    [InlineData("en", "xlsx")]
    [InlineData("ar", "xlsx")]
    [InlineData("en", "csv")]
    [InlineData("ar", "csv")]
    public async Task What_was_exported_can_be_imported(string language, string format)
    {
        var tag = await Two();

        var answer = (
            await app.SignedInAs(Nasser).In(language).Page($"/transactions/export?format={format}&q={tag}&sort=number")
        ).Expect(200);
        using var file = new MemoryStream(answer.Bytes);
        var opening = RegisterFile.Open(file);

        Assert.Null(opening.Fault);
        var fields = opening
            .File!.Columns.Where(c => c.Field is not null)
            .ToDictionary(c => c.Field!.Value, c => c.Index);
        Assert.Equal(Enum.GetValues<RegisterField>().Order(), fields.Keys.Order());
        Assert.Equal(2, opening.File.Rows.Count);
        var row = opening.File.Rows[0];
        Assert.Equal("00123", row.Cell(fields[RegisterField.Reference]).Text);
        Assert.Equal(Sara.Email, row.Cell(fields[RegisterField.Assignee]).Text);
        Assert.Contains(
            "2026",
            row.Cell(fields[RegisterField.DueDate]).Date?.ToString("yyyy", CultureInfo.InvariantCulture)
                ?? row.Cell(fields[RegisterField.DueDate]).Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Csv_has_the_mark_neutral_formulas_and_whole_amounts()
    {
        var tag = await Two();

        var answer = (await app.SignedInAs(Nasser).Page($"/transactions/export?format=csv&q={tag}&sort=number")).Expect(
            200
        );

        Assert.Equal([0xEF, 0xBB, 0xBF], answer.Bytes[..3]);
        var lines = Csv.Read(Encoding.UTF8.GetString(answer.Bytes[3..]));
        Assert.Equal(3, lines.Count);
        Assert.Equal(["Reference Number", "Transaction Number"], lines[0][..2]);
        Assert.Equal(
            ["00123", "50000.25", "2026-12-01", "2026-11-22 12:30"],
            new[] { "Reference Number", "Amount", "Due Date", "Created" }.Select(name =>
                lines[1][lines[0].IndexOf(name)]
            )
        );
        Assert.Equal("'-12/=1", lines[2][0]);
    }

    [Fact]
    public async Task Json_is_an_array_of_the_apis_objects()
    {
        var tag = await Two();

        var all = (await app.Api(Nasser).Get($"/transactions/export?format=json&q={tag}&sort=number")).Expect(200).Json;

        Assert.Equal(2, all.GetArrayLength());
        Assert.Equal(
            (string[])
                [
                    .. new[]
                    {
                        "number",
                        "referenceNumber",
                        "title",
                        "description",
                        "type",
                        "typeName",
                        "category",
                        "priority",
                        "status",
                        "statusName",
                        "amount",
                        "currency",
                        "client",
                        "project",
                        "department",
                        "createdBy",
                        "assignee",
                        "holder",
                        "authorityReferences",
                        "dueDate",
                        "dueDateHijri",
                        "isOverdue",
                        "tags",
                        "internalNotes",
                        "trackingUrl",
                        "createdAt",
                        "updatedAt",
                        "submittedAt",
                        "completedAt",
                        "version",
                    }.Order(StringComparer.Ordinal),
                ],
            all[0].EnumerateObject().Select(m => m.Name).Order(StringComparer.Ordinal)
        );
        Assert.Equal("50000.25", all[0].GetProperty("amount").GetString());
        Assert.Equal("1448-06-21", all[0].GetProperty("dueDateHijri").GetString());
        Assert.Equal("2026-11-22T09:30:00Z", all[0].GetProperty("createdAt").GetString());
        Assert.Equal(
            0,
            (await app.Api(Nasser).Get("/transactions/export?format=json&q=nothinglikethis"))
                .Expect(200)
                .Json.GetArrayLength()
        );
    }

    [Fact]
    public async Task A_client_gets_their_own_without_what_is_internal()
    {
        var tag = await Two();
        await app.Given.Transaction($"{tag} other", status: "submitted", client: Hospital);
        await app.Given.Transaction($"{tag} draft", status: "draft");

        var csv = (await app.SignedInAs(Huda).Page($"/transactions/export?format=csv&q={tag}")).Expect(200).Text;
        var json = (await app.Api(Huda).Get($"/transactions/export?format=json&q={tag}")).Expect(200);

        Assert.Equal(2, json.Json.GetArrayLength());
        foreach (var text in new[] { csv, json.Text })
        {
            foreach (
                var hidden in new[]
                {
                    "secret",
                    Sara.Email,
                    "nternalNotes",
                    "Internal Notes",
                    $"{tag} other",
                    $"{tag} draft",
                }
            )
                Assert.DoesNotContain(hidden, text, StringComparison.Ordinal);
        }

        Assert.StartsWith("Reference Number,Transaction Number,Title,", csv[1..], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Editors_export_only_their_own()
    {
        var tag = await Two();

        Assert.Equal(2, (await app.Api(Sara).Get($"/transactions/export?format=json&q={tag}")).Json.GetArrayLength());
        Assert.Equal(0, (await app.Api(Omar).Get($"/transactions/export?format=json&q={tag}")).Json.GetArrayLength());
        (await app.AnonymousApi.Get("/transactions/export?format=json")).Expect(401);
    }

    [Fact]
    public async Task All_rows_come_in_the_order_of_the_list_over_many_batches()
    {
        var tag = "t" + Guid.NewGuid().ToString("N")[..10];
        var count = ListPrinter.RowsMax + 1;
        await app.Given.Transactions(count, i => $"{tag} {i:0000}", status: "submitted", tags: ["a", "b"]);

        var answer = (
            await app.Api(Nasser).Get($"/transactions/export?format=json&q={tag}&sort=-title&page=3&pageSize=25")
        ).Expect(200);

        Assert.Equal(
            Enumerable.Range(0, count).Select(i => $"{tag} {count - 1 - i:0000}"),
            answer.Json.EnumerateArray().Select(t => t.GetProperty("title").GetString())
        );
        Assert.Equal(
            ["a", "b"],
            answer.Json[0].GetProperty("tags").EnumerateArray().Select(x => x.GetString()).Order()
        );
        Assert.True(answer.Statements.Count < 25, $"{answer.Statements.Count} statements");

        var tooLong = (await app.SignedInAs(Nasser).Page($"/transactions/export?format=pdf&q={tag}")).Expect(422);
        Assert.Contains("at most 2000 transactions, and this list has 2001", tooLong.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_columns_of_the_screen_come_alone_when_wished()
    {
        var tag = await Two();

        var csv = (await app.SignedInAs(Nasser).Page($"/transactions/export?format=csv&columns=shown&q={tag}"))
            .Expect(200)
            .Text;
        var client = (await app.SignedInAs(Huda).Page($"/transactions/export?format=csv&columns=shown&q={tag}"))
            .Expect(200)
            .Text;

        Assert.Equal(
            [
                "Reference Number",
                "Transaction Number",
                "Title",
                "Client",
                "Type",
                "Priority",
                "Status",
                "With",
                "Due Date",
                "Due Date (Hijri)",
                "Assignee's Name",
                "Updated",
            ],
            Csv.Read(csv[1..])[0]
        );
        Assert.DoesNotContain("Assignee", client, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chosen_rows_come_alone_in_the_order_of_the_list()
    {
        var tag = "c" + Guid.NewGuid().ToString("N")[..10];
        var made = await app.Given.Transactions(4, i => $"{tag} {i}", status: "submitted");
        (string, string?)[] chosen = [("numbers", made[0].Number), ("numbers", made[2].Number)];

        var csv = (
            await app.SignedInAs(Sara).Submit("/transactions/export?sort=-title", [.. chosen, ("format", "csv")])
        ).Expect(200);
        var json = (await app.Api(Sara).Get($"/transactions/export?format=json&numbers={made[1].Number}")).Expect(200);

        Assert.Equal([$"{tag} 2", $"{tag} 0"], Csv.Read(csv.Text[1..]).Skip(1).Select(line => line[2]));
        Assert.Equal($"{tag} 1", json.Json.EnumerateArray().Single().GetProperty("title").GetString());
    }

    [Fact]
    public async Task A_chosen_row_that_is_out_of_sight_is_said_and_nothing_is_sent()
    {
        var seen = await app.Given.Transaction(status: "submitted");
        var unseen = await app.Given.Transaction(status: "submitted", client: Hospital);
        var url = $"/transactions/export?format=csv&numbers={seen.Number}&numbers={unseen.Number}";

        var api = (await app.Api(Huda).Get(url)).Expect(422);
        var page = (
            await app.SignedInAs(Huda).Submit("/transactions/export", [("numbers", unseen.Number), ("format", "pdf")])
        ).Expect(422);

        Assert.Contains(unseen.Number, api.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(seen.Number, api.Text, StringComparison.Ordinal);
        Assert.Contains(unseen.Number, page.Text, StringComparison.Ordinal);
        var many = Enumerable
            .Range(1, ExportTransactions.NumbersMax + 1)
            .Select(i => ("numbers", (string?)$"TRX-2026-{i:00000}"));
        (await app.SignedInAs(Nasser).Submit("/transactions/export", [.. many, ("format", "csv")])).Expect(422);
        (await app.SignedInAs(Nasser).Submit("/transactions/export", new { format = "csv" })).Expect(422);
    }

    [Fact]
    public async Task The_audit_log_knows_filter_and_count()
    {
        var tag = await Two();

        (await app.SignedInAs(Nasser).Page($"/transactions/export?format=xlsx&q={tag}&status=submitted")).Expect(200);

        var entry = await app.Db(db =>
            db.Audit.OrderByDescending(a => a.Id).FirstAsync(a => a.Action == "transactions.exported")
        );
        var data = JsonDocument.Parse(entry.Data!).RootElement;
        Assert.Equal(Nasser.Id, entry.ActorId);
        Assert.Equal($"?q={tag}&status=submitted", data.GetProperty("filter").GetString());
        Assert.Equal(
            (2, true, "xlsx"),
            (
                data.GetProperty("rows").GetInt32(),
                data.GetProperty("complete").GetBoolean(),
                data.GetProperty("format").GetString()
            )
        );
    }

    [Theory]
    [InlineData("?format=docx", "not-allowed-value")]
    [InlineData("?format=csv&columns=few", "not-allowed-value")]
    [InlineData("?format=json&columns=shown", "not-allowed-value")]
    [InlineData("?format=pdf&columns=all", "not-allowed-value")]
    [InlineData("?format=", "not-allowed-value")]
    [InlineData("", "not-allowed-value")]
    [InlineData("?format=csv&status=flying", "not-allowed-value")]
    [InlineData("?format=csv&sort=-price", "not-allowed-value")]
    [InlineData("?format=csv&colour=red", "not-allowed-value")]
    [InlineData("?format=csv&q=%00", "not-allowed-value")]
    public async Task What_it_does_not_know_is_refused(string query, string problem)
    {
        Assert.Equal(problem, (await app.Api(Nasser).Get("/transactions/export" + query)).Expect(400).Problem);
        if (!query.Contains("colour", StringComparison.Ordinal))
            (await app.SignedInAs(Nasser).Page("/transactions/export" + query)).Expect(400);
    }

    private async Task<string> Two()
    {
        var tag = "x" + Guid.NewGuid().ToString("N")[..10];
        await app.Given.Transaction(
            $"{tag} =HYPERLINK(\"http://x\") _x0041_ <&>",
            status: "submitted",
            reference: "00123",
            amount: 5_000_025,
            due: Due,
            notes: "secret",
            tags: ["one", "two"],
            description: "line\nline"
        );
        await app.Given.Transaction($"{tag} second", status: "submitted", reference: "-12/=1", notes: "secret");
        return tag;
    }

    private static List<object?[]> Rows(byte[] xlsx)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        using var reader = ExcelReaderFactory.CreateReader(new MemoryStream(xlsx));
        var rows = new List<object?[]>();
        while (reader.Read())
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetValue(i))]);
        return rows;
    }

    private static Dictionary<string, object?> Cells(List<object?[]> rows, int at) =>
        rows[0].Select((name, i) => ((string)name!, rows[at][i])).ToDictionary(c => c.Item1, c => c.Item2);

    private static XDocument Part(byte[] xlsx, string name)
    {
        using var zip = new ZipArchive(new MemoryStream(xlsx));
        using var part = zip.GetEntry(name)!.Open();
        return XDocument.Load(part);
    }
}

/// <summary>A database that fails in the middle of an export.</summary>
public sealed class FailingApp : App
{
    protected override void Replace(IServiceCollection services)
    {
        services.ConfigureDbContext<SqliteAppDb>(o => o.AddInterceptors(new FailLater()));
        services.ConfigureDbContext<PostgresAppDb>(o => o.AddInterceptors(new FailLater()));
    }

    private sealed class FailLater : DbCommandInterceptor
    {
        private int _batches;

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command,
            CommandEventData eventData,
            InterceptionResult<DbDataReader> result,
            CancellationToken cancellationToken = default
        ) =>
            command.CommandText.StartsWith("SELECT", StringComparison.Ordinal)
            && command.CommandText.Contains("\"InternalNotes\"", StringComparison.Ordinal)
            && ++_batches % 3 == 0
                ? throw new IOException("The disk is gone.")
                : new(result);
    }
}

[Trait("runs", "once")]
public sealed class BrokenExportTests(FailingApp app) : IClassFixture<FailingApp>
{
    [Theory]
    [InlineData("xlsx")]
    [InlineData("csv")]
    [InlineData("json")]
    public async Task A_file_that_cannot_be_finished_breaks_off(string format)
    {
        var tag = "b" + Guid.NewGuid().ToString("N")[..10];
        await app.Given.Transactions(1_100, i => $"{tag} {i}", status: "submitted", description: new string('ش', 200));

        var broken = await Assert.ThrowsAsync<Xunit.Sdk.XunitException>(() =>
            app.SignedInAs(Nasser).Page($"/transactions/export?format={format}&q={tag}")
        );

        Assert.StartsWith("No whole answer", broken.Message, StringComparison.Ordinal);
        var data = JsonDocument
            .Parse(
                (
                    await app.Db(db =>
                        db.Audit.OrderByDescending(a => a.Id).FirstAsync(a => a.Action == "transactions.exported")
                    )
                ).Data!
            )
            .RootElement;
        Assert.False(data.GetProperty("complete").GetBoolean());
        Assert.InRange(data.GetProperty("rows").GetInt32(), 0, 1_099);
    }
}
