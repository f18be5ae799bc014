using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.DueDates;

public sealed class SetDueDateTests(SharedApp app) : IClassFixture<SharedApp>
{
    [Fact]
    public async Task The_due_date_is_moved_on_the_page_in_either_calendar_and_the_rest_stays()
    {
        var t = await app.Given.Transaction("Facade", status: "submitted", amount: 5_000_000, tags: ["a"]);
        var sara = app.SignedInAs(Sara);
        const string form = ".now form[action$='/due']";

        var answer = await sara.Submit(
            await sara.Page($"/transactions/{t.Number}"),
            form,
            new { dueDate = "1448/6/21" }
        );

        Assert.Equal($"/transactions/{t.Number}", answer.Expect(303).Location);
        var page = await sara.Page($"/transactions/{t.Number}");
        Assert.Contains("Due 1 Dec 2026", page.TextOf(".now"));
        Assert.Equal("Due — → 1 Dec 2026", page.TextOf("#timeline .changes li"));
        var now = await app.Given.Reload(t.Number);
        Assert.Equal((new DateOnly(2026, 12, 1), 5_000_000L), (now.DueDate, now.AmountMinor));

        (await sara.Submit(page, form, new { dueDate = "" })).Expect(303);
        Assert.Null((await app.Given.Reload(t.Number)).DueDate);
    }

    [Fact]
    public async Task What_is_no_date_stays_in_the_field_and_an_old_version_is_told()
    {
        var t = await app.Given.Transaction("Facade", status: "submitted");
        var sara = app.SignedInAs(Sara);
        var page = await sara.Page($"/transactions/{t.Number}");
        const string form = ".now form[action$='/due']";

        var wrong = (await sara.Submit(page, form, new { dueDate = "31/02/2026" })).Expect(422);
        Assert.Equal("31/02/2026", wrong.Attribute(".now details[open] #f-dueDate[aria-invalid=true]", "value"));
        (await sara.Submit(page, form, new { dueDate = "2026-12-01" })).Expect(303);
        (await sara.Submit(page, form, new { dueDate = "2026-12-02" })).Expect(412);
        (await sara.Submit($"/transactions/{t.Number}/due", new { version = t.Version })).Expect(422);
    }

    [Fact]
    public async Task A_script_moves_it_and_others_may_not()
    {
        var t = await app.Given.Transaction("Facade", status: "submitted");
        var path = $"/transactions/{t.Number}/due";

        var answer = await app.Api(Sara).Post(path, new { dueDate = "2026-12-01" });

        Assert.Equal("2026-12-01", answer.Expect(200)["dueDate"]);
        (await app.Api(Sara).Post(path, new { dueDate = "never" })).Expect(422);
        (await app.Api(Sara).Post(path, new { })).Expect(400);
        (await app.Api(Huda).Post(path, new { dueDate = "2026-12-02" })).Expect(403);
        (await app.Api(Omar).Post(path, new { dueDate = "2026-12-02" })).Expect(404);
        Assert.Equal(
            1,
            await app.Db(db => db.History.CountAsync(h => h.TransactionId == t.Id && h.Kind == HistoryKind.Edited))
        );
    }
}
