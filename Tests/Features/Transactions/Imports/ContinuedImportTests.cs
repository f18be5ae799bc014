using System.IO.Compression;
using System.Text;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>Rejected rows that come back as a file, and rows that were copied instead of saved.</summary>
public sealed class ContinuedImportTests(SharedApp app) : IClassFixture<SharedApp>
{
    private readonly string _word = Guid.NewGuid().ToString("N")[..8];

    [Theory]
    [InlineData("en", "This file continues an earlier import and is undone together with it: first.xlsx")]
    [InlineData("ar", "هذا الملف تكملة لعملية استيراد سابقة، ويُتراجع عنه معها: first.xlsx")]
    public async Task Rejected_rows_that_were_set_right_belong_to_the_batch_that_rejected_them(
        string language,
        string told
    )
    {
        using var api = app.Api(Sara);
        using var omar = app.Api(Omar);
        using var sara = app.SignedInAs(Sara).In(language);
        var file = Registers.Of(
            Registers.Row("Good " + _word, reference: "A" + _word),
            Registers.Row("Bad " + _word, due: "2025-02-31", reference: "B" + _word)
        );
        var first = (await sara.Upload("/transactions/imports", "file", "first.xlsx", file)).Expect(303).Location!;
        var id = first.Split('/')[^1];
        await api.Ended(id);
        (await sara.Submit(first + "/run")).Expect(303);
        await api.Ended(id);
        var rejected = Mended((await api.Get($"/transactions/imports/{id}/rejected.xlsx")).Bytes);

        Assert.Null(Member(await omar.Import(rejected, ("mode", "validate")), "continues"));
        var second = await api.Import(rejected);

        Assert.Equal(
            ("completed", 1, 0, id),
            (second["status"], second.Number("imported"), second.Number("rejected"), second["continues"])
        );
        Assert.Contains(told, (await sara.Page($"/transactions/imports/{second["id"]}")).TextOf("#continues"));
        Assert.True((await sara.Page(first)).Has($"#continued a[href$='/{second["id"]}']"));
        Assert.Equal(2, await Here());
        (await sara.Submit(first + "/undo")).Expect(303);
        Assert.Equal(0, await Here());
        Assert.Equal("undone", (await api.Get("/transactions/imports/" + second["id"]))["status"]);
        Assert.Null(Member(await api.Import(rejected, ("mode", "validate")), "continues"));
    }

    [Theory]
    [InlineData("en")]
    [InlineData("ar")]
    public async Task They_are_known_after_they_were_saved_as_text(string language)
    {
        using var api = app.Api(Sara);
        using var sara = app.SignedInAs(Sara).In(language);
        using var omar = app.Api(Omar);
        var first = await api.Import(
            Registers.Of(
                Registers.Row("Kept " + _word, reference: "T" + _word),
                Registers.Row("Late " + _word, due: "2025-02-31", reference: "U" + _word)
            )
        );
        var url = $"/transactions/imports/{first["id"]}";
        var workbook = (await sara.Page(url + "/rejected.xlsx")).Bytes;
        var text = AsText(workbook).Replace("2025-02-31", "2027-02-28", StringComparison.Ordinal);

        Assert.Null(Member(await Import(omar, text, ("mode", "validate")), "continues"));
        var second = await Import(api, text);

        Assert.Equal(("completed", 1, first["id"]), (second["status"], second.Number("imported"), second["continues"]));
        (await api.Delete(url)).Expect(200);
        Assert.Equal("undone", (await api.Get("/transactions/imports/" + second["id"]))["status"]);
        Assert.Equal(0, await Here());

        static async Task<ApiAnswer> Import(ApiClient by, string text, params (string, string)[] fields) =>
            await by.Ended(
                (
                    await by.Upload("/transactions/imports", "file", "r.csv", Encoding.UTF8.GetBytes(text), fields)
                ).Expect(202)["id"]!
            );
    }

    /// <summary>What a spreadsheet program saves as csv.</summary>
    private static string AsText(byte[] workbook)
    {
        using var zip = new ZipArchive(new MemoryStream(workbook));
        using var sheet = zip.GetEntry("xl/worksheets/sheet1.xml")!.Open();
        var rows = System
            .Xml.Linq.XDocument.Load(sheet)
            .Descendants()
            .Where(e => e.Name.LocalName == "row")
            .Select(row => row.Elements().Select(cell => '"' + cell.Value.Replace("\"", "\"\"") + '"'));
        return string.Join("\r\n", rows.Select(cells => string.Join(',', cells)));
    }

    [Fact]
    public async Task A_file_takes_over_what_was_said_before_and_can_be_undone_alone()
    {
        using var api = app.Api(Sara);
        var first = await api.Import(
            Registers.Of(
                Registers.Row("Kept " + _word, reference: "C" + _word),
                Registers.Row("Late " + _word, client: "Their " + _word, due: "2025-02-31", reference: "D" + _word)
            ),
            ("mode", "validate")
        );
        var names = new[]
        {
            new
            {
                field = "client",
                text = "Their " + _word,
                means = Hospital.NameEn,
            },
        };
        (await api.Post($"/transactions/imports/{first["id"]}/corrections", new { names })).Expect(202);
        await api.Ended(first["id"]!);
        await app.Db(db => db.ImportSynonyms.Where(s => s.Name.Contains(_word)).ExecuteDeleteAsync());
        (await api.Post($"/transactions/imports/{first["id"]}/run")).Expect(202);
        await api.Ended(first["id"]!);

        var second = await api.Import(
            Mended((await api.Get($"/transactions/imports/{first["id"]}/rejected.xlsx")).Bytes)
        );

        Assert.Equal((1, first["id"]), (second.Number("imported"), second["continues"]));
        (await api.Delete("/transactions/imports/" + second["id"])).Expect(200);
        Assert.Equal(1, await Here());
    }

    [Theory]
    [InlineData("en", "Pasted 22 Nov 2026")]
    [InlineData("ar", "ملصق 22 نوفمبر 2026م")]
    public async Task Cells_that_were_copied_come_in_as_a_file_does(string language, string name)
    {
        using var api = app.Api(Sara);
        using var sara = app.SignedInAs(Sara).In(language);
        var cells =
            $"العنوان\tالعميل\tالنوع\r\n\"سطر\n{_word}\"\t{Hospital.NameAr}\tPayment\r\nB {_word}\tNobody\tPayment\r\n";

        var page = await sara.Page("/transactions/imports");
        var url = (await sara.Upload("/transactions/imports", "other", "none", [], new { text = cells }))
            .Expect(303)
            .Location!;

        Assert.True(page.Has("form[data-paste] textarea[name=text]"));
        var answer = await api.Ended(url.Split('/')[^1]);
        Assert.Equal(("checked", 2, 1), (answer["status"], answer.Number("rows"), answer.Number("rejected")));
        Assert.Equal(name, (await sara.Page(url)).TextOf("h1"));
        var refused = await sara.Upload("/transactions/imports", "other", "none", [], new { text = "a\u0001" });
        Assert.NotEmpty(refused.Expect(422).TextOf("form[data-paste] .err"));
        Assert.StartsWith("a", refused.TextOf("form[data-paste] textarea"), StringComparison.Ordinal);
        Assert.Equal(
            "checked",
            (
                await api.Ended(
                    (
                        await api.Upload(
                            "/transactions/imports",
                            "other",
                            "none",
                            [],
                            ("text", cells),
                            ("mode", "validate")
                        )
                    ).Expect(202)["id"]!
                )
            )["status"]
        );
    }

    private Task<int> Here() =>
        app.Db(db => db.Transactions.CountAsync(t => t.DeletedAt == null && t.Title.EndsWith(_word)));

    private static string? Member(ApiAnswer answer, string name) =>
        answer.Json.TryGetProperty(name, out var value) ? value.GetString() : null;

    /// <summary>Puts the day right, as somebody does in a spreadsheet; all else stays as it is.</summary>
    private static byte[] Mended(byte[] workbook)
    {
        using var file = new MemoryStream();
        file.Write(workbook);
        using (var zip = new ZipArchive(file, ZipArchiveMode.Update, leaveOpen: true))
        {
            var sheet = zip.GetEntry("xl/worksheets/sheet1.xml")!;
            string xml;
            using (var reader = new StreamReader(sheet.Open()))
                xml = reader.ReadToEnd();
            sheet.Delete();
            using var written = new StreamWriter(zip.CreateEntry("xl/worksheets/sheet1.xml").Open(), Encoding.UTF8);
            written.Write(xml.Replace("2025-02-31", "2027-02-28", StringComparison.Ordinal));
        }

        return file.ToArray();
    }
}
