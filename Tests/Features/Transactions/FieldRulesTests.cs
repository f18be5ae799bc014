using MdcTts.Features.Transactions.Imports;
using MdcTts.Features.Transactions.Imports.Parsing;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions;

/// <summary>Form, API and import take and refuse the same values.</summary>
public sealed class FieldRulesTests(App app) : IClassFixture<App>
{
    private const int RandomValues = 8;

    private static readonly string[] Heads =
    [
        "Reference",
        "Title",
        "Client",
        "Type",
        "Description",
        "Internal Notes",
        "Amount",
        "Currency",
        "Due Date",
        "Tags",
    ];

    private static readonly string[] Names =
    [
        "referenceNumber",
        "title",
        "client",
        "type",
        "description",
        "internalNotes",
        "amount",
        "currency",
        "dueDate",
        "tags",
    ];

    private static readonly string[] Pieces =
    [
        "x",
        "ع",
        "7",
        ".",
        " ",
        "\n",
        "\t",
        "-",
        "$",
        "ريال",
        "2026",
        "/",
        "😀",
        "\u0001",
        "\u200F",
        "00",
        "SAR",
    ];

    private sealed record Try(string Field, string Value, string? Amount = null)
    {
        public string? this[string field] =>
            field == Field ? Value
            : field == "amount" ? Amount
            : field == "title" ? "A title"
            : null;

        public override string ToString() =>
            $"{Field}={(Value.Length > 40 ? $"{Value[..10]}… of {Value.Length}" : Value)} amount={Amount}";
    }

    [Fact]
    public async Task A_value_that_one_takes_the_others_take_too()
    {
        var tries = Tries().ToList();
        var refusedByImport = await Import(tries);

        var wrong = new List<string>();
        var sara = app.SignedInAs(Nasser);
        for (var i = 0; i < tries.Count; i++)
        {
            // Each try is a form of its own: one that was taken is not carried out again.
            var form = await sara.Page("/transactions/new");
            var byImport = !refusedByImport.Contains(i + 2);
            var byApi = await Api(tries[i]);
            var byForm = await Form(sara, form, tries[i]);
            if (byApi != byForm || byApi != byImport)
                wrong.Add($"{tries[i]}: api {byApi}, form {byForm}, import {byImport}");
        }

        Check.None(wrong);
        Assert.InRange(refusedByImport.Count, tries.Count / 5, tries.Count * 4 / 5);
    }

    [Fact]
    public async Task An_amount_and_its_currency_may_not_differ()
    {
        var answer = await app.Api(Nasser)
            .Post(
                "/transactions",
                new
                {
                    title = "x",
                    client = Municipality.Id,
                    type = "payment",
                    amount = "$100",
                    currency = "SAR",
                }
            );

        Assert.Equal(
            "The amount and the currency differ.",
            answer.Expect(422).Json.GetProperty("errors").GetProperty("currency")[0].GetString()
        );
    }

    [Fact]
    public async Task A_title_is_one_line_and_a_tag_is_kept_once()
    {
        var created = await app.Api(Nasser)
            .Post(
                "/transactions",
                new
                {
                    title = "One\ntwo",
                    client = Municipality.Id,
                    type = "payment",
                    tags = new[] { "Facade", "facade", "FAÇADE" },
                }
            );

        created.Expect(201);
        Assert.Equal("One two", created["title"]);
        Assert.Equal(["Facade"], created.Json.GetProperty("tags").EnumerateArray().Select(t => t.GetString()));
    }

    private static IEnumerable<Try> Tries()
    {
        foreach (var (field, most) in new[] { ("referenceNumber", 50), ("title", 255), ("description", 4000) })
        {
            foreach (var length in new[] { 0, 1, most, most + 1 })
            {
                yield return new(field, new('ع', length));
                yield return new(field, "  " + new string('x', length) + " \n");
            }
        }

        foreach (
            var amount in new[]
            {
                "0",
                "-1",
                "1.500",
                "1,500",
                "٥٠٬٠٠٠٫٥",
                "100 SAR",
                "999999999999.99",
                "1000000000000",
                "1" + new string(' ', 70),
                "5\u0001",
                "by contract",
            }
        )
            yield return new("amount", amount);
        foreach (var currency in new[] { "", "USD", "ريال", "  sar ", "beads", "SAR\u0001", new('x', 90) })
        {
            yield return new("currency", currency);
            yield return new("currency", currency, Amount: "100");
            yield return new("currency", currency, Amount: "$100");
        }

        foreach (
            var date in new[]
            {
                "2026-12-01",
                "1899-12-31",
                "2199-12-31",
                "2200-01-01",
                "31/02/2026",
                "1448-06-21",
                "someday",
                new string(' ', 70) + "1 Dec 2026",
                "2026-12-01\u0001",
            }
        )
            yield return new("dueDate", date);
        foreach (
            var tags in new[]
            {
                "a,b",
                " , ,",
                new('t', 40),
                new('t', 41),
                "a\u0001",
                string.Join(',', Enumerable.Range(0, 20)),
                string.Join(',', Enumerable.Range(0, 21)),
                string.Join(',', Enumerable.Range(0, 20)) + ",19",
                string.Join(',', Enumerable.Range('a', 20).Select(c => $"{(char)c}")) + ",A",
            }
        )
            yield return new("tags", tags);

        var random = new Random(20261128);
        foreach (var field in Names.Except(["client", "type"]))
            for (var i = 0; i < RandomValues; i++)
                yield return new(
                    field,
                    string.Concat(random.GetItems(Pieces, random.Next(1, 6)).Select((piece, _) => piece))
                );
    }

    private async Task<HashSet<int>> Import(List<Try> tries)
    {
        // Control characters are what this file format writes as _x0001_.
        var rows = tries.Select(t =>
            Names
                .Select(name =>
                    name switch
                    {
                        "client" => "Riyadh Region Municipality",
                        "type" => (object)"Payment",
                        _ => t[name]?.Replace("\u0001", "_x0001_", StringComparison.Ordinal),
                    }
                )
                .ToArray()
        );
        var file = Workbooks.Xlsx(("Register", [Heads, .. rows])).ToArray();
        var ended = await app.Api(Nasser).Import(file, ("mode", "validate"));
        Assert.Equal("checked", ended["status"]);
        var id = int.Parse(ended["id"]!);
        return await app.Db(async db =>
            (await db.ImportRejects.Where(r => r.ImportRunId == id).Select(r => r.Row).ToListAsync()).ToHashSet()
        );
    }

    private async Task<bool> Api(Try each)
    {
        var body = Names.ToDictionary(name => name, object? (name) => each[name]);
        body["client"] = Municipality.Id;
        body["type"] = "payment";
        body["tags"] = each["tags"]?.Split(',') ?? [];
        return Took(await app.Api(Nasser).Post("/transactions", body), 201);
    }

    private static async Task<bool> Form(Visitor person, Answer form, Try each) =>
        Took(
            await person.Submit(
                form,
                "form.stack.narrow",
                new
                {
                    title = each["title"],
                    referenceNumber = each["referenceNumber"],
                    client = Municipality.Id,
                    type = "payment",
                    description = each["description"],
                    internalNotes = each["internalNotes"],
                    amount = each["amount"],
                    currency = each["currency"],
                    dueDate = each["dueDate"],
                    tags = each["tags"],
                }
            ),
            303
        );

    private static bool Took(ApiAnswer answer, int taken) => answer.Status == taken || answer.Expect(422) is null;

    private static bool Took(Answer answer, int taken) => answer.Status == taken || answer.Expect(422) is null;
}
