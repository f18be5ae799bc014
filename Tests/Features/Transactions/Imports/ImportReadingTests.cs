using System.Text.Json;
using MdcTts.Features.Transactions.Imports.Parsing;
using MdcTts.Support;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>What the check says of a file beside its faults, on the page and by the API.</summary>
public sealed class ImportReadingTests(App app) : IClassFixture<App>
{
    private static readonly object?[] Heads = ["Reference", "Title", "Client", "Type", "Colour", "Updated"];

    private static byte[] Book() =>
        Workbooks
            .Xlsx(
                (
                    "Lists",
                    [
                        ["Type", "Status"],
                        ["Payment", "Draft"],
                    ]
                ),
                ("January", [Heads, ["RD-1", "One", Municipality.NameEn, "Payment", "red", "2026-01-01"]]),
                (
                    "February",
                    [
                        Heads,
                        [new DateOnly(2026, 5, 12), "Two", Municipality.NameEn, "Payment", "blue", null],
                        ["RD-3", null, Municipality.NameEn, "Payment", null, null],
                    ]
                )
            )
            .ToArray();

    [Theory]
    [InlineData(
        "en",
        "2 cells with a dash or a word for nothing were read as empty.",
        "completion date stands only in"
    )]
    [InlineData("ar", "قُرئت خليتان فيهما شرطة أو كلمة بمعنى لا شيء على أنهما فارغتان.", "تاريخ إنجاز واحد يبقى في")]
    public async Task What_is_read_as_nothing_and_what_has_no_place_is_said(string language, string empty, string kept)
    {
        using var api = app.Api(Nasser);
        api.Headers.Add("Accept-Language", language);
        var file = Workbooks
            .Xlsx(
                (
                    "R",
                    [
                        ["Reference", "Title", "Client", "Type", "Amount", "Date of Completion"],
                        ["—", "T", Municipality.NameEn, "Payment", "N/A", "2026-01-02"],
                    ]
                )
            )
            .ToArray();

        var answer = await api.Import(file, ("mode", "validate"));

        var said = answer
            .Json.GetProperty("warnings")
            .EnumerateArray()
            .Select(w => w.GetProperty("message").GetString());
        Assert.Contains(said, warning => warning == empty);
        Assert.Contains(said, warning => warning!.Contains(kept, StringComparison.Ordinal));
        using var page = app.SignedInAs(Nasser).In(language);
        var reading = (await page.Page("/transactions/imports/" + answer["id"])).TextOf("#reading");
        Assert.Contains(empty, reading, StringComparison.Ordinal);
        Assert.Contains(kept, reading, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_answer_names_columns_sheets_and_warnings()
    {
        using var api = app.Api(Nasser);

        var answer = await api.Import(Book(), ("mode", "validate"));

        Assert.Equal("checked", answer["status"]);
        Assert.Equal(
            [
                "Reference→referenceNumber ",
                "Title→title ",
                "Client→client ",
                "Type→type ",
                "Colour→ Not imported: this heading names no field.",
                "Updated→ Not imported: the register keeps this itself.",
            ],
            All(answer, "columns", c => $"{c("heading")}→{c("field")} {c("reason")}")
        );
        Assert.Equal(
            ["Lists 1 False", "January 1 True", "February 2 True"],
            All(answer, "sheets", s => $"{s("name")} {s("rows")} {s("read")}")
        );
        Assert.Equal(
            ["February 2 Reference=2026-05-12: 1 reference number is a date in the file."],
            All(answer, "warnings", w => $"{w("sheet")} {w("row")} {w("column")}={w("value")}: {w("message")}")
        );
        Assert.Equal(["February 3 Title"], All(answer, "errors", e => $"{e("sheet")} {e("row")} {e("column")}"));
    }

    [Theory]
    [InlineData(
        "en",
        "Colour: Not imported: this heading names no field.",
        "Lists: 1 row not read: the sheet has other headings."
    )]
    [InlineData(
        "ar",
        "Colour: لم يُستورد: لا يدل هذا العنوان على حقل معروف.",
        "Lists: لم يُقرأ صف واحد، فعناوين الورقة مختلفة."
    )]
    public async Task The_page_says_the_same(string language, string column, string sheet)
    {
        using var api = app.Api(Nasser);
        var answer = await api.Import(Book(), ("mode", "validate"));
        using var nasser = app.SignedInAs(Nasser).In(language);

        var page = (await nasser.Page("/transactions/imports/" + answer["id"])).Expect(200);

        var told = page.Select("#reading li");
        Assert.Contains(column, told);
        Assert.Contains(sheet, told);
        Assert.Contains("February · 3", page.Select("tbody th"));
        Assert.Equal(6, told.Count);
    }

    [Fact]
    public async Task A_file_without_anything_to_say_says_nothing()
    {
        using var api = app.Api(Nasser);

        var answer = await api.Import(Registers.Of(Registers.Row("Plain", reference: "RD-9")), ("mode", "validate"));
        using var nasser = app.SignedInAs(Nasser);
        var page = await nasser.Page("/transactions/imports/" + answer["id"]);

        Assert.Empty(All(answer, "warnings", w => w("message")));
        Assert.All(All(answer, "columns", c => c("field")), field => Assert.NotEqual("", field));
        Assert.False(page.Has("#reading"));
    }

    [Theory]
    [InlineData("RRM-9003")]
    [InlineData("RRM-9005")]
    public async Task A_reference_with_another_hyphen_is_found_and_tracked_as_one_types_it(string typed)
    {
        using var api = app.Api(Nasser);
        var file = Path.Combine(AppContext.BaseDirectory, "Features/Transactions/Imports/Field/hyphen-look-alikes.csv");
        var answer = await api.Import(await File.ReadAllBytesAsync(file), ("existing", "import"));
        Assert.Equal(2, answer.Number("imported"));

        var found = (await api.Get($"/transactions?q={typed}")).Expect(200);
        var number = found.Json.GetProperty("items")[0].GetProperty("number").GetString();
        (await app.AnonymousApi.Get($"/tracking?number={number}&reference={typed}")).Expect(200);
        Assert.Equal(
            number,
            (await api.Get($"/transactions?q={typed.Replace('-', '\u2013')}"))
                .Json.GetProperty("items")[0]
                .GetProperty("number")
                .GetString()
        );
    }

    private static List<string> All(ApiAnswer answer, string name, Func<Func<string, string>, string> told) =>
        [.. answer.Json.GetProperty(name).EnumerateArray().Select(each => told(field => Text(each, field)))];

    private static string Text(JsonElement each, string field) =>
        each.TryGetProperty(field, out var value) ? value.ToString() : "";
}
