using System.Text.Json;
using MdcTts.Features.Transactions.Imports.Parsing;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>Which heading means which field, chosen once on the page of the check and remembered.</summary>
public sealed class RememberedHeadingsTests(SharedApp app) : IClassFixture<SharedApp>
{
    private readonly string _word = Guid.NewGuid().ToString("N")[..8];

    [Theory]
    [InlineData("en", "As remembered from an earlier import.", "was read as Internal notes, as remembered.")]
    [InlineData("ar", "كما حُفظ من استيراد سابق.", "على أنه ملاحظات داخلية كما حُفظ سابقًا.")]
    public async Task What_an_editor_chose_holds_for_their_next_file_until_they_take_it_back(
        string language,
        string reason,
        string told
    )
    {
        using var page = app.SignedInAs(Sara).In(language);
        using var sara = app.Api(Sara);
        sara.Headers.Add("Accept-Language", language);
        using var omar = app.Api(Omar);
        await Choose(page, sara, File(), ("Aside " + _word, "internalNotes"), ("Remarks", ""));

        var next = await sara.Import(File(), ("mode", "validate"));

        Assert.Equal(["title|", "client|", "type|", $"internalNotes|{reason}", "description|"], Columns(next));
        Assert.Equal("null", Columns(await omar.Import(File(), ("mode", "validate")))[3].Split('|')[0]);
        var url = "/transactions/imports/" + next["id"];
        var seen = await page.Page(url);
        Assert.Contains(told, seen.TextOf("#reading li form"), StringComparison.Ordinal);
        var forget = $"heading.Aside {_word}";
        Assert.True(seen.Has($"#reading button[name='{forget}']"));
        (await page.Submit(url + "/corrections", [(forget, "true")])).Expect(303);
        Assert.Equal("null", Columns(await sara.Ended(next["id"]!))[3].Split('|')[0]);
        Assert.Equal("null", Columns(await sara.Import(File(), ("mode", "validate")))[3].Split('|')[0]);
    }

    [Fact]
    public async Task What_an_admin_chose_holds_for_all_but_who_takes_it_back_and_is_written_as_it_was_checked()
    {
        using var page = app.SignedInAs(Nasser);
        using var admin = app.Api(Nasser);
        using var sara = app.Api(Sara);
        using var omar = app.Api(Omar);
        await Choose(page, admin, File(), ("Aside " + _word, "internalNotes"));
        var checkedOne = await sara.Import(File(), ("mode", "validate"));
        Assert.StartsWith("internalNotes|", Columns(checkedOne)[3]);
        var url = "/transactions/imports/" + checkedOne["id"];

        // Somebody forgets it between the check and the writing.
        var other = await sara.Import(File(), ("mode", "validate"));
        var forget = new { forgetHeadings = new[] { "aside " + _word } };
        (await sara.Post($"/transactions/imports/{other["id"]}/corrections", forget)).Expect(202);
        Assert.Equal("null", Columns(await sara.Ended(other["id"]!))[3].Split('|')[0]);
        (await sara.Post(url + "/run")).Expect(202);
        await sara.Ended(checkedOne["id"]!);

        Assert.Equal(
            "beside",
            await app.Db(db =>
                db.Transactions.Where(t => t.Title == "T " + _word).Select(t => t.InternalNotes).SingleAsync()
            )
        );
        Assert.StartsWith("internalNotes|", Columns(await omar.Import(File(), ("mode", "validate")))[3]);
        (
            await admin.Post(
                $"/transactions/imports/{(await admin.Import(File(), ("mode", "validate")))["id"]}/corrections",
                forget
            )
        ).Expect(202);
        Assert.Equal("null", Columns(await omar.Import(File(), ("mode", "validate")))[3].Split('|')[0]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("true")]
    public async Task What_a_script_says_is_remembered_when_it_asks_for_that(string? remember)
    {
        using var omar = app.Api(Omar);
        var mapping = ("mapping", $$"""{"Aside {{_word}}":"internalNotes"}""");
        (string, string)[] fields = remember is null ? [mapping] : [mapping, ("rememberMapping", remember)];

        var first = await omar.Import(File(), [("mode", "validate"), .. fields]);
        var next = await omar.Import(File(), ("mode", "validate"));

        Assert.Equal("internalNotes|As the mapping of this import says.", Columns(first)[3]);
        Assert.Equal(
            remember is null
                ? "null|Not imported: this heading names no field."
                : "internalNotes|As remembered from an earlier import.",
            Columns(next)[3]
        );
    }

    [Fact]
    public async Task A_column_left_out_is_read_again_where_no_other_holds_its_field()
    {
        using var page = app.SignedInAs(Omar);
        using var omar = app.Api(Omar);
        var (plain, own) = ($"Remarks {_word}", "Remarks");
        byte[] Both() => Book(["Title", "Client", "Type", plain, own], ["T", Municipality.NameEn, "Payment", "a", "b"]);
        await Choose(page, omar, Both(), (plain, "description"), (own, ""));

        var again = Columns(await omar.Import(Both(), ("mode", "validate")));
        Assert.Equal(
            [
                "description|As remembered from an earlier import.",
                "null|Not imported, as remembered from an earlier import.",
            ],
            again[3..]
        );
        var alone = Book(["Title", "Client", "Type", own], ["T", Municipality.NameEn, "Payment", "b"]);
        Assert.Equal("description|", Columns(await omar.Import(alone, ("mode", "validate")))[3]);
        // A heading that says it plainly comes before one that was only chosen.
        var plainer = Book(
            ["Title", "Client", "Type", plain, "Description"],
            ["T", Municipality.NameEn, "Payment", "b", "c"]
        );
        Assert.Equal("description|", Columns(await omar.Import(plainer, ("mode", "validate")))[4]);
        await app.Db(db => db.ImportHeadings.Where(h => h.UserId == Omar.Id).ExecuteDeleteAsync());
    }

    private byte[] File() =>
        Book(
            ["Title", "Client", "Type", "Aside " + _word, "Remarks"],
            ["T " + _word, Municipality.NameEn, "Payment", "beside", "said"]
        );

    private static byte[] Book(params object?[][] rows) => Workbooks.Xlsx(("R", rows)).ToArray();

    /// <summary>On the page, as a person does; what is not named stays as it was read.</summary>
    private static async Task Choose(
        Visitor page,
        ApiClient api,
        byte[] file,
        params (string Heading, string Field)[] chosen
    )
    {
        var answer = await api.Import(file, ("mode", "validate"));
        var url = "/transactions/imports/" + answer["id"];
        var headings = answer
            .Json.GetProperty("columns")
            .EnumerateArray()
            .Select(c => c.GetProperty("heading").GetString())
            .ToList();
        (
            await page.Submit(
                await page.Page(url),
                $"form[action='{url}/columns']",
                chosen.ToDictionary(c => "c" + headings.IndexOf(c.Heading), c => c.Field)
            )
        ).Expect(303);
        await api.Ended(answer["id"]!);
    }

    private static string[] Columns(ApiAnswer answer) =>
        [
            .. answer
                .Json.GetProperty("columns")
                .EnumerateArray()
                .Select(c => $"{Text(c.GetProperty("field"))}|{c.GetProperty("reason").GetString()}"),
        ];

    private static string Text(JsonElement value) =>
        value.ValueKind == JsonValueKind.Null ? "null" : value.GetString()!;
}
