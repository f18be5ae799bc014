using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.Deletions;

public sealed class DeleteTransactionTests(SharedApp app) : IClassFixture<SharedApp>
{
    [Fact]
    public async Task An_admin_deletes_with_a_reason_and_brings_it_back()
    {
        var t = await app.Given.Transaction("Deleted twice by mistake", status: "submitted", reference: "RRM-DEL-1");
        var nasser = app.SignedInAs(Nasser);

        var gone = await nasser.Submit(
            await nasser.Page($"/transactions/{t.Number}/delete"),
            "form.stack",
            new { reason = "Entered twice" }
        );

        Assert.Equal("/transactions", gone.Expect(303).Location);
        (await nasser.Page($"/transactions/{t.Number}")).Expect(404);
        Assert.DoesNotContain(t.Number, (await nasser.Page("/transactions?q=RRM-DEL-1")).Select("td.no"));
        (await app.SignedInAs(Sara).Page($"/transactions/{t.Number}")).Expect(404);
        (await app.SignedInAs(Huda).Page($"/transactions/{t.Number}")).Expect(404);

        var list = await nasser.Page("/transactions/deleted");
        Assert.Equal(
            "RRM-DEL-1",
            Answer.Fold(list.One($"tr:has(form[action='/transactions/{t.Number}/restore']) > :first-child").TextContent)
        );
        var back = await nasser.Submit(list, $"form[action='/transactions/{t.Number}/restore']");

        Assert.Equal($"/transactions/{t.Number}", back.Expect(303).Location);
        var after = await app.Given.Reload(t.Number);
        Assert.Equal((false, "submitted", t.Version + 2), (after.DeletedAt is not null, after.Status, after.Version));
        Assert.Equal(
            [HistoryKind.Deleted, HistoryKind.Restored],
            after.History.OrderBy(h => h.Id).TakeLast(2).Select(h => h.Kind)
        );
        Assert.Equal(
            ["transaction.deleted", "transaction.restored"],
            await app.Db(db =>
                db.Audit.Where(a => a.EntityKey == t.Number).OrderBy(a => a.Id).Select(a => a.Action).ToListAsync()
            )
        );
    }

    [Fact]
    public async Task A_script_deletes_and_restores()
    {
        var t = await app.Given.Transaction(status: "submitted");
        var nasser = app.Api(Nasser);

        (await nasser.Delete($"/transactions/{t.Number}", new { reason = "Entered twice" })).Expect(204);
        (await nasser.Get($"/transactions/{t.Number}")).Expect(404);
        (await nasser.Delete($"/transactions/{t.Number}", new { reason = "Again" })).Expect(404);
        (await nasser.Post($"/transactions/{t.Number}/status", new { status = "under_review" })).Expect(404);

        Assert.Equal("submitted", (await nasser.Post($"/transactions/{t.Number}/restore")).Expect(200)["status"]);
        (await nasser.Post($"/transactions/{t.Number}/restore")).Expect(404);
    }

    [Fact]
    public async Task A_completed_one_stays()
    {
        var t = await app.Given.Transaction(status: "completed");

        Assert.Equal(
            "delete-completed",
            (await app.Api(Nasser).Delete($"/transactions/{t.Number}", new { reason = "x" })).Expect(409).Problem
        );
        (await app.SignedInAs(Nasser).Page($"/transactions/{t.Number}/delete")).Expect(409);
        (await app.SignedInAs(Nasser).Submit($"/transactions/{t.Number}/delete", new { reason = "x" })).Expect(409);
        Assert.False(
            (await app.SignedInAs(Nasser).Page($"/transactions/{t.Number}")).Has(
                $"a[href='/transactions/{t.Number}/delete']"
            )
        );
    }

    [Fact]
    public async Task A_reason_is_needed()
    {
        var t = await app.Given.Transaction(status: "submitted");

        foreach (var reason in new[] { "", "  ", "bell\u0007", new string('x', 501) })
        {
            Assert.True(
                (await app.Api(Nasser).Delete($"/transactions/{t.Number}", new { reason }))
                    .Expect(422)
                    .Json.GetProperty("errors")
                    .TryGetProperty("reason", out _)
            );
            Assert.True(
                (await app.SignedInAs(Nasser).Submit($"/transactions/{t.Number}/delete", new { reason }))
                    .Expect(422)
                    .Has("[aria-invalid=true]")
            );
        }

        (await app.Api(Nasser).Delete($"/transactions/{t.Number}")).Expect(400);
        Assert.Null((await app.Given.Reload(t.Number)).DeletedAt);
    }
}
