using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.Imports;

public sealed class UndoImportTests(App app) : IClassFixture<App>
{
    [Fact]
    public async Task An_undone_batch_leaves_only_what_was_edited_since()
    {
        using var api = app.Api(Nasser);
        var id = (
            await api.Import(
                Registers.Of(
                    Registers.Row("Undone", client: "Client of a batch"),
                    Registers.Row("Kept", reference: "K-1")
                )
            )
        )["id"]!;
        var kept = await app.Db(async db =>
        {
            var t = await db.Transactions.SingleAsync(t => t.Title == "Kept");
            t.Comment("Seen", [], Sara.Acting(), app.Now);
            await db.SaveChangesAsync();
            return t.Number;
        });

        var answer = (await api.Delete("/transactions/imports/" + id)).Expect(200);

        Assert.Equal("undone", answer["status"]);
        Assert.Equal([kept], answer.Json.GetProperty("kept").EnumerateArray().Select(k => k.GetString()));
        Assert.False(await app.Db(db => db.Transactions.AnyAsync(t => t.Title == "Undone")));
        Assert.True(await app.Db(db => db.Clients.AnyAsync(c => c.NameEn == "Client of a batch")));
        Assert.True(await app.Db(db => db.Audit.AnyAsync(a => a.Action == "import.undone" && a.EntityKey == id)));
        var page = await app.SignedInAs(Nasser).Page("/transactions/imports/" + id);
        Assert.Equal(["K-1", kept, "Kept"], page.Select("tbody th, tbody td"));
        Assert.Equal("import-already-undone", (await api.Delete("/transactions/imports/" + id)).Expect(409).Problem);
    }

    [Fact]
    public async Task Numbers_of_an_undone_batch_are_not_given_again()
    {
        using var sara = app.SignedInAs(Sara);
        using var api = app.Api(Sara);
        var id = (await api.Import(Registers.Of(Registers.Row("Numbered"))))["id"]!;
        var number = await app.Db(db =>
            db.Transactions.Where(t => t.Title == "Numbered").Select(t => t.Number).SingleAsync()
        );

        (
            await sara.Submit(
                await sara.Page("/transactions/imports/" + id),
                $"form[action='/transactions/imports/{id}/undo']"
            )
        ).Expect(303);
        await api.Import(Registers.Of(Registers.Row("Numbered again")));

        Assert.NotEqual(
            number,
            await app.Db(db =>
                db.Transactions.Where(t => t.Title == "Numbered again").Select(t => t.Number).SingleAsync()
            )
        );
    }

    [Fact]
    public async Task A_checked_file_can_be_discarded_and_one_at_work_cannot_be_undone()
    {
        using var api = app.Api(Sara);
        var id = (await api.Import(Registers.Of(Registers.Row("Never")), ("mode", "validate")))["id"]!;

        Assert.Equal("undone", (await api.Delete("/transactions/imports/" + id)).Expect(200)["status"]);
        (await api.Post($"/transactions/imports/{id}/run")).Expect(409);
        await app.Db(db =>
            db.Imports.Where(i => i.Id.ToString() == id)
                .ExecuteUpdateAsync(set =>
                    set.SetProperty(i => i.Status, ImportStatus.Running)
                        .SetProperty(i => i.Lease, 1)
                        .SetProperty(i => i.LeasedUntil, app.Now.AddYears(1))
                )
        );
        Assert.Equal("import-still-running", (await api.Delete("/transactions/imports/" + id)).Expect(409).Problem);
        Assert.False(await app.Db(db => db.Transactions.AnyAsync(t => t.Title == "Never")));
    }
}
