using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.Assignments;

public sealed class OpenWorkTests(SharedApp app) : IClassFixture<SharedApp>
{
    [Fact]
    public async Task Suspending_asks_who_goes_on_with_the_open_work_and_hands_it_over_in_one_step()
    {
        var leaver = await app.Given.User("Layla Leaver");
        var heir = await app.Given.User("Hind Heir");
        var open = await app.Given.Transactions(3, i => $"Left {i}", by: Omar, assignee: leaver, status: "submitted");
        var done = await app.Given.Transaction("Done", by: Omar, assignee: leaver, status: "completed");
        var admin = app.SignedInAs(Nasser);

        var form = (await admin.Page($"/users/{leaver.Id}")).Expect(200);
        Assert.Contains("3 open transactions", form.TextOf("#open-work"), StringComparison.Ordinal);
        var suspended = await admin.Submit(form, $"form[action='/users/{leaver.Id}']", new { status = "suspended" });
        Assert.Equal($"/users/{leaver.Id}", suspended.Expect(303).Location);
        var page = (await admin.Page($"/users/{leaver.Id}")).Expect(200);
        Assert.Contains("Layla Leaver cannot sign in", page.TextOf("#open-work"), StringComparison.Ordinal);
        var work = (await admin.Page("/work")).Expect(200);
        Assert.Contains(work.Select(".say.warn"), line => line.Contains("Layla Leaver cannot sign in and still has"));
        Assert.DoesNotContain("Layla", (await app.SignedInAs(heir).Page("/work")).Text, StringComparison.Ordinal);

        var ask = (await admin.Submit(page, "#open-work form", new { })).Expect(200);
        var given = await admin.Submit(ask, "form.stack", new { assignee = heir.Id, reason = "Left the firm" });

        Assert.Equal($"/users/{leaver.Id}", given.Expect(303).Location);
        foreach (var t in open)
            Assert.Equal(heir.Id, (await app.Given.Reload(t.Number)).AssigneeId);
        Assert.Equal(leaver.Id, (await app.Given.Reload(done.Number)).AssigneeId);
        Assert.False((await admin.Page($"/users/{leaver.Id}")).Has("#open-work"));
        await app.Follow();
        Assert.Equal(1, await app.Db(db => db.Outbox.CountAsync(m => m.RecipientId == heir.Id)));
    }

    [Fact]
    public async Task Suspending_somebody_without_open_work_asks_nothing()
    {
        var person = await app.Given.User("Nada Nothing");
        Assert.False((await app.SignedInAs(Nasser).Page($"/users/{person.Id}")).Expect(200).Has("#open-work"));
    }
}
