using System.Text.Json;
using MdcTts.Features.Transactions.Imports.Parsing;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>Rows whose transactions are here already: found, skipped, updated or imported once more.</summary>
public sealed class ExistingRowsTests(App app) : IClassFixture<App>
{
    private static readonly object?[] Heads = ["Transaction Number", "Reference", "Title", "Client", "Type", "Amount"];

    private static byte[] Book(params object?[][] rows) => Workbooks.Xlsx(("R", [Heads, .. rows])).ToArray();

    private static object?[] Row(
        string? reference,
        string title,
        object? amount = null,
        string? number = null,
        string? client = null
    ) => [number, reference, title, client ?? Municipality.NameEn, "Payment", amount];

    [Fact]
    public async Task The_check_finds_them_by_number_reference_and_title_and_skips_them()
    {
        var byNumber = await app.Given.Transaction("Number known", reference: "EX-1");
        var byReference = await app.Given.Transaction("Reference known", reference: "EX-2/A");
        var byTitle = await app.Given.Transaction("عنوان معروف", reference: "EX-3", client: Hospital);
        using var api = app.Api(Nasser);

        var answer = await api.Import(
            Book(
                Row(null, "Another title", number: byNumber.Number),
                Row("ex\u20112/A", "Other words"),
                Row("EX-3", "عُنوان معروف"),
                Row("EX-3", "Neither client nor title"),
                Row("EX-4", "New", number: "TRX-2099-99999")
            )
        );

        Assert.Equal(("completed", 2), (answer["status"], answer.Number("imported")));
        Assert.Equal(
            [$"2 {byNumber.Number} number", $"3 {byReference.Number} reference", $"4 {byTitle.Number} title"],
            Rows(answer).Select(r => $"{r.GetProperty("row")} {r.GetProperty("number")} {r.GetProperty("by")}")
        );
        Assert.Equal("skip 3 3 0", Counts(answer));
        Assert.Equal("Number known", (await app.Given.Reload(byNumber.Number)).Title);
    }

    [Fact]
    public async Task An_update_is_one_change_shown_before_and_undone_with_the_batch()
    {
        var known = await app.Given.Transaction(
            "Old title",
            reference: "EX-10",
            amount: 100_00,
            notes: "kept",
            tags: ["a"]
        );
        var touched = await app.Given.Transaction("Touched later", reference: "EX-11");
        var same = await app.Given.Transaction("Same", reference: "EX-12", type: "payment");
        using var api = app.Api(Nasser);
        var file = Book(
            Row("EX-10", "New title", 250),
            Row("EX-11", "Touched by the import"),
            Row("EX-12", "Same"),
            Row("EX-10", "A second row for it"),
            Row("EX-13", "Fresh")
        );

        var seen = await api.Import(file, ("mode", "validate"));
        Assert.Equal(
            ["title: Old title → New title", "type: approval_request → payment", "amount: 100.00 → 250.00"],
            Rows(seen)[0]
                .GetProperty("changes")
                .EnumerateArray()
                .Select(c => $"{c.GetProperty("field")}: {c.GetProperty("old")} → {c.GetProperty("new")}")
        );
        Assert.Equal(0, Rows(seen)[2].GetProperty("changes").GetArrayLength());
        (await api.Post($"/transactions/imports/{seen["id"]}/run?existing=update")).Expect(202);
        var done = await api.Ended(seen["id"]!);

        Assert.Equal(("completed", 1, 0), (done["status"], done.Number("imported"), done.Number("rejected")));
        Assert.Equal("update 4 2 2", Counts(done));
        var updated = await app.Given.Reload(known.Number);
        Assert.Equal(
            ("New title", 250_00, "kept", known.Version + 1),
            (updated.Title, updated.AmountMinor, updated.InternalNotes, updated.Version)
        );
        Assert.Equal(HistoryKind.Edited, updated.History[^1].Kind);
        Assert.Equal(same.Version, (await app.Given.Reload(same.Number)).Version);
        Assert.Contains("new title", updated.SearchText, StringComparison.Ordinal);

        using var nasser = app.SignedInAs(Nasser);
        await nasser.Submit($"/transactions/{touched.Number}/comments", new { text = "Touched" });
        (await api.Delete("/transactions/imports/" + seen["id"])).Expect(200);

        var reverted = await app.Given.Reload(known.Number);
        Assert.Equal(("Old title", 100_00, "approval_request"), (reverted.Title, reverted.AmountMinor, reverted.Type));
        Assert.Equal("Touched by the import", (await app.Given.Reload(touched.Number)).Title);
        Assert.False(await app.Db(db => db.Transactions.AnyAsync(t => t.ReferenceNumber == "EX-13")));
    }

    [Theory]
    [InlineData("later first")]
    [InlineData("earlier first")]
    [InlineData("with a third between")]
    public async Task Undoing_two_updates_of_one_transaction_ends_with_what_it_was(string order)
    {
        var reference = "EX-7" + order.Length;
        var known = await app.Given.Transaction("As it was", reference: reference, amount: 10_00);
        using var api = app.Api(Nasser);
        var first = await Updated("First", 20);
        var between = order == "with a third between" ? await Updated("Between", null) : null;
        var second = await Updated("Second", 30);
        string[] undone = order switch
        {
            "later first" => [second, first],
            "earlier first" => [first, second],
            _ => [between!, first, second],
        };

        var kept = new List<string>();
        foreach (var id in undone)
        {
            (await api.Delete("/transactions/imports/" + id)).Expect(200);
            kept.Add(Because(id, await api.Get("/transactions/imports/" + id)));
        }

        var now = await app.Given.Reload(known.Number);
        Assert.Equal(("As it was", 10_00), (now.Title, now.AmountMinor));
        foreach (var id in undone)
            Assert.Equal("", Because(id, await api.Get("/transactions/imports/" + id)));
        const string later = "Updated by this import, and by a later one: undo that one too";
        string[] told = order switch
        {
            "later first" => ["", ""],
            "earlier first" => [later, ""],
            _ => [later, later, ""],
        };
        Assert.Equal(told, kept);

        async Task<string> Updated(string title, object? amount) =>
            (await api.Import(Book(Row(reference, title, amount)), ("existing", "update")))["id"]!;

        string Because(string id, ApiAnswer answer) =>
            answer.Json.TryGetProperty("keptBecause", out var why) ? why.GetProperty(known.Number).GetString()! : "";
    }

    [Fact]
    public async Task What_a_person_changed_between_two_updates_stays()
    {
        var known = await app.Given.Transaction("Untouched", reference: "EX-90");
        using var api = app.Api(Nasser);
        using var nasser = app.SignedInAs(Nasser);
        var first = await api.Import(Book(Row("EX-90", "One")), ("existing", "update"));
        await nasser.Submit($"/transactions/{known.Number}/comments", new { text = "Seen" });
        var second = await api.Import(Book(Row("EX-90", "Two")), ("existing", "update"));

        (await api.Delete("/transactions/imports/" + second["id"])).Expect(200);
        (await api.Delete("/transactions/imports/" + first["id"])).Expect(200);

        Assert.Equal("One", (await app.Given.Reload(known.Number)).Title);
        var page = await nasser.Page("/transactions/imports/" + first["id"]);
        Assert.Contains("Updated by this import, and changed since", page.Select("tbody td"));
    }

    [Theory]
    [InlineData("en", "1 row already here", "This very file was imported")]
    [InlineData("ar", "صف واحد موجود من قبل", "استُورد هذا الملف نفسه")]
    public async Task The_page_offers_the_choice_and_tells_the_same_file(string language, string found, string twin)
    {
        using var api = app.Api(Nasser);
        var file = Book(Row("EX-20" + language, "Twice " + language, 7));
        var first = await api.Import(file);
        var second = await api.Import(file, ("mode", "validate"));
        using var nasser = app.SignedInAs(Nasser).In(language);
        var url = "/transactions/imports/" + second["id"];

        var page = (await nasser.Page(url)).Expect(200);

        Assert.Equal(first["id"], second["sameFileAs"]);
        Assert.StartsWith(twin, page.TextOf(".say.warn"), StringComparison.Ordinal);
        Assert.Equal("/transactions/imports/" + first["id"], page.Attribute(".say.warn a", "href"));
        Assert.Equal(found, page.TextOf("#existing h2"));
        Assert.True(page.Has("input[name=existing][value=skip][checked]"));
        (await nasser.Submit(page, $"form[action='{url}/run']", new { existing = "import" })).Expect(303);
        Assert.Equal(1, (await api.Ended(second["id"]!)).Number("imported"));
        Assert.Equal(2, await app.Db(db => db.Transactions.CountAsync(t => t.Title == "Twice " + language)));
    }

    [Fact]
    public async Task Nobody_learns_of_transactions_that_they_may_not_see_and_words_are_checked()
    {
        var hidden = await app.Given.Transaction("Of Omar", reference: "EX-30", by: Omar);
        using var sara = app.Api(Sara);
        var file = Book(Row("EX-30", "Of Omar", number: hidden.Number));

        var answer = await sara.Import(file, ("mode", "validate"));

        Assert.Equal("skip 0 0 0", Counts(answer));
        (await sara.Upload("/transactions/imports", "file", "r.xlsx", file, ("existing", "merge"))).Expect(400);
        (await sara.Post($"/transactions/imports/{answer["id"]}/run?existing=merge")).Expect(400);
        Assert.Equal("checked", (await sara.Get("/transactions/imports/" + answer["id"]))["status"]);
    }

    private static List<JsonElement> Rows(ApiAnswer answer) =>
        [.. answer.Json.GetProperty("existing").GetProperty("rows").EnumerateArray()];

    private static string Counts(ApiAnswer answer)
    {
        var existing = answer.Json.GetProperty("existing");
        return string.Join(' ', new[] { "policy", "found", "skipped", "updated" }.Select(existing.GetProperty));
    }
}
