using System.Text.Json;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>A check that is mended where it is shown: names by their kind, cells one by one.</summary>
public sealed class CorrectImportTests(SharedApp app) : IClassFixture<SharedApp>
{
    private static readonly (string, string) Validate = ("mode", "validate");

    private readonly string _word = Guid.NewGuid().ToString("N")[..8];

    [Fact]
    public async Task Names_are_said_once_and_cells_typed_again_and_all_rows_come_in()
    {
        using var api = app.Api(Nasser);
        var url = await Checked(
            api,
            Registers.Row("A " + _word, client: "Amana " + _word, status: "Gone " + _word),
            Registers.Row("B " + _word, client: " amana " + _word, due: "2025-02-31"),
            Registers.Row("C " + _word, client: "New " + _word),
            Registers.Row("", amount: "-5")
        );

        var seen = (await api.Get(url)).Expect(200);
        Assert.Equal(
            [
                $"unknown_client client 3/2: Amana {_word} 2, New {_word} 1",
                $"unknown_status status 1/1: Gone {_word} 1",
                "date_impossible dueDate 1/1: ",
                "title_missing title 1/1: ",
                "amount_negative amount 1/1: ",
            ],
            Groups(seen)
        );
        var answer = await api.Post(
            url + "/corrections",
            new
            {
                names = new object[]
                {
                    new
                    {
                        field = "client",
                        text = "AMANA " + _word,
                        means = Municipality.NameAr,
                    },
                    new
                    {
                        field = "client",
                        text = "New " + _word,
                        create = true,
                    },
                    new
                    {
                        field = "status",
                        text = "Gone " + _word,
                        means = "completed",
                    },
                },
                cells = new object[]
                {
                    new
                    {
                        row = 3,
                        field = "dueDate",
                        value = "1/3/2027",
                    },
                    new
                    {
                        row = 5,
                        field = "title",
                        value = "D " + _word,
                    },
                    new
                    {
                        row = 5,
                        field = "amount",
                        value = "5",
                    },
                },
            }
        );

        Assert.Equal("queued", answer.Expect(202)["status"]);
        var mended = await api.Ended(answer["id"]!);
        Assert.Equal(("checked", 0, 3), (mended["status"], mended.Number("rejected"), mended.Number("correctedCells")));
        Assert.Equal(
            [
                $"client Amana {_word}={Municipality.NameEn} 2 False",
                $"status Gone {_word}=Completed 1 False",
                $"client New {_word}= 1 False",
            ],
            Meanings(mended)
        );
        (await api.Post(url + "/run")).Expect(202);
        Assert.Equal(4, (await api.Ended(answer["id"]!)).Number("imported"));
        var rows = await app.Db(db =>
            db.Transactions.Where(t => t.Title.EndsWith(_word))
                .OrderBy(t => t.Title)
                .Select(t => new
                {
                    t.ClientId,
                    t.Client.NameEn,
                    t.Status,
                    t.DueDate,
                    t.AmountMinor,
                })
                .ToListAsync()
        );
        Assert.Equal(
            [Municipality.NameEn, Municipality.NameEn, "New " + _word, Municipality.NameEn],
            rows.Select(r => r.NameEn)
        );
        Assert.Equal(
            ("completed", new DateOnly(2027, 3, 1), 500L),
            (rows[0].Status, rows[1].DueDate, rows[3].AmountMinor)
        );
    }

    [Fact]
    public async Task What_an_editor_said_is_remembered_for_them_and_what_an_admin_said_for_all()
    {
        using var sara = app.Api(Sara);
        using var omar = app.Api(Omar);
        using var admin = app.Api(Nasser);
        object?[][] rows = [Registers.Row("R " + _word, client: "Short " + _word)];
        await Say(sara, rows, Hospital.NameEn);

        var own = await sara.Import(Registers.Of(rows), Validate);
        Assert.Equal([$"client Short {_word}={Hospital.NameEn} 1 True"], Meanings(own));
        Assert.Equal(1, (await omar.Import(Registers.Of(rows), Validate)).Number("rejected"));

        await Say(admin, rows, Municipality.NameEn);
        Assert.Equal(
            [$"client Short {_word}={Municipality.NameEn} 1 True"],
            Meanings(await omar.Import(Registers.Of(rows), Validate))
        );
        Assert.Equal(
            [$"client Short {_word}={Hospital.NameEn} 1 True"],
            Meanings(await sara.Import(Registers.Of(rows), Validate))
        );
    }

    [Theory]
    [InlineData("en", "” was read as Riyadh Region Municipality, as remembered.")]
    [InlineData("ar", "» على أنه أمانة منطقة الرياض كما حُفظ سابقًا.")]
    public async Task The_page_tells_what_was_remembered_and_takes_it_back(string language, string told)
    {
        using var sara = app.SignedInAs(Sara).In(language);
        using var api = app.Api(Sara);
        object?[][] rows = [Registers.Row("P " + _word, client: "Old " + _word)];
        await Say(api, rows, Municipality.NameEn);
        var url = await Checked(api, rows);

        var page = (await sara.Page(url)).Expect(200);

        Assert.Contains(told, page.TextOf("#reading li"), StringComparison.Ordinal);
        Assert.False(page.Has("#mend"));
        var forget = page.Attribute("#reading button.link", "name")!;
        (await sara.Submit(url + "/corrections", [(forget, "true")])).Expect(303);
        Assert.Equal(1, (await api.Ended(url.Split('/')[^1])).Number("rejected"));
        Assert.Equal(1, (await api.Import(Registers.Of(rows), Validate)).Number("rejected"));
    }

    [Theory]
    [InlineData("en", "King Fais.", "Nothing here has this name. Choose one from the list.")]
    [InlineData("ar", "مستشفى فيص", "لا يوجد شيء بهذا الاسم. اختر من القائمة.")]
    public async Task The_page_suggests_what_a_name_abbreviates_and_keeps_what_was_typed(
        string language,
        string shortened,
        string error
    )
    {
        using var sara = app.SignedInAs(Sara).In(language);
        using var api = app.Api(Sara);
        var url = await Checked(
            api,
            Registers.Row("Q " + _word, client: shortened, status: "Nowhere " + _word),
            Registers.Row("S " + _word, client: "Other " + _word, amount: "x")
        );
        var page = await sara.Page(url);
        var client = $"name.client.Other {_word}";
        var amount = "cell.3.amount";

        Assert.Equal(
            language == "en" ? Hospital.NameEn : Hospital.NameAr,
            page.Attribute($"input[name='name.client.{shortened}']", "value")
        );
        Assert.Equal("x", page.Attribute($"input[name='{amount}']", "value"));
        var again = await sara.Submit(
            page,
            "#mend",
            new Dictionary<string, string> { [client] = "Nobody", [amount] = "75" }
        );

        Assert.Equal(error, again.Expect(422).TextOf("td .err"));
        Assert.Equal("Nobody", again.Attribute($"input[name='{client}']", "value"));
        Assert.Equal("75", again.Attribute($"input[name='{amount}']", "value"));
        var mended = await sara.Submit(
            again,
            "#mend",
            new Dictionary<string, string>
            {
                [client] = Municipality.NameAr,
                [$"name.status.Nowhere {_word}"] = "draft",
            }
        );
        mended.Expect(303);
        Assert.Equal(0, (await api.Ended(url.Split('/')[^1])).Number("rejected"));
        Assert.Contains(
            language == "en" ? "1 cell was corrected here." : "صُحِّحت خلية واحدة هنا.",
            (await sara.Page(url)).Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task An_editors_new_client_needs_an_admin_and_all_others_may_be_new_at_once()
    {
        using var sara = app.Api(Sara);
        using var admin = app.Api(Nasser);
        var url = await Checked(
            sara,
            Registers.Row("E " + _word, client: "Made " + _word),
            Registers.Row("F " + _word, client: "Made too " + _word)
        );

        var others = new
        {
            names = new[]
            {
                new
                {
                    field = "client",
                    text = "",
                    create = true,
                },
            },
        };
        (await sara.Post(url + "/corrections", others)).Expect(202);
        var answer = await sara.Ended(url.Split('/')[^1]);
        Assert.Equal(["client_for_admins client 2/2: "], Groups(answer));

        (await admin.Post(url + "/run")).Expect(202);
        Assert.Equal(2, (await admin.Ended(answer["id"]!)).Number("imported"));
        Assert.Equal(2, await app.Db(db => db.ImportClients.CountAsync(c => c.ImportRunId.ToString() == answer["id"])));
    }

    [Fact]
    public async Task Faults_beyond_the_first_page_can_be_mended_too()
    {
        using var sara = app.SignedInAs(Sara);
        using var api = app.Api(Sara);
        var rows = Enumerable.Range(0, 52).Select(i => Registers.Row($"Page {i} {_word}", amount: "x"));
        var url = await Checked(api, [.. rows]);

        var page = await sara.Page(url);
        Assert.False(page.Has("input[name='cell.53.amount']"));
        var next = await sara.Fragment(page.Attribute(".pager a[rel=next]", "href")!);

        Assert.Equal(["52", "53"], next.Select("#mend tbody th"));
        var fields = new[] { ("cell.52.amount", "1"), ("cell.53.amount", "2") };
        (await sara.Submit(url + "/corrections", fields.Select(f => (f.Item1, (string?)f.Item2)))).Expect(303);
        Assert.Equal(50, (await api.Ended(url.Split('/')[^1])).Number("rejected"));
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused_place_by_place()
    {
        using var sara = app.Api(Sara);
        using var omar = app.Api(Omar);
        var url = await Checked(sara, Registers.Row("W " + _word, due: "31.2.26"), Registers.Row("Good " + _word));

        var answer = await sara.Post(
            url + "/corrections",
            new
            {
                names = new object[]
                {
                    new { field = "title", text = "x" },
                    new
                    {
                        field = "type",
                        text = "x",
                        means = "none",
                    },
                    new
                    {
                        field = "type",
                        text = "x",
                        create = true,
                    },
                    new { field = "client", text = new string('x', 201) },
                },
                cells = new object[]
                {
                    new
                    {
                        row = 3,
                        field = "title",
                        value = "not a wrong row",
                    },
                    new
                    {
                        row = 2,
                        field = "department",
                        value = "no such column",
                    },
                    new
                    {
                        row = 2,
                        field = "title",
                        value = "\u0001",
                    },
                    new
                    {
                        row = 2,
                        field = "title",
                        value = "x",
                        sheet = "None",
                    },
                },
            }
        );

        Assert.Equal(
            [
                "cells[0].row",
                "cells[1].field",
                "cells[2].value",
                "cells[3].row",
                "names[0].field",
                "names[1].means",
                "names[2].create",
                "names[3].text",
            ],
            answer
                .Expect(422)
                .Json.GetProperty("errors")
                .EnumerateObject()
                .Select(e => e.Name)
                .Order(StringComparer.Ordinal)
        );
        (await omar.Post(url + "/corrections", new { })).Expect(404);
        (await sara.Delete(url)).Expect(200);
        (await sara.Post(url + "/corrections", new { })).Expect(409);
    }

    /// <summary>Says in an import what the client of its only row means.</summary>
    private static async Task Say(ApiClient api, object?[][] rows, string means)
    {
        var url = await Checked(api, rows);
        var names = new[]
        {
            new
            {
                field = "client",
                text = (string)rows[0][2]!,
                means,
            },
        };
        (await api.Post(url + "/corrections", new { names })).Expect(202);
        Assert.Equal(0, (await api.Ended(url.Split('/')[^1])).Number("rejected"));
    }

    private static async Task<string> Checked(ApiClient api, params object?[][] rows)
    {
        var fields = new[] { Validate, ("createClients", "false") };
        return "/transactions/imports/" + (await api.Import(Registers.Of(rows), fields))["id"];
    }

    private static IEnumerable<string> Groups(ApiAnswer answer) =>
        answer
            .Json.GetProperty("faults")
            .EnumerateArray()
            .Select(g =>
                $"{g.GetProperty("kind")} {g.GetProperty("field")} {g.GetProperty("rows")}/{g.GetProperty("values")}: "
                + string.Join(", ", g.GetProperty("names").EnumerateArray().Select(NameOf))
            );

    private static string NameOf(JsonElement name) => $"{name.GetProperty("text")} {name.GetProperty("rows")}";

    private static IEnumerable<string> Meanings(ApiAnswer answer) =>
        answer
            .Json.GetProperty("meanings")
            .EnumerateArray()
            .Select(m =>
                $"{m.GetProperty("field")} {m.GetProperty("text")}={m.GetProperty("means")} {m.GetProperty("rows")} "
                + m.GetProperty("remembered")
            );
}
