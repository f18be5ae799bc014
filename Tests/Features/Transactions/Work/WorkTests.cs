using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.Work;

public sealed class WorkTests(SharedApp app) : IClassFixture<SharedApp>
{
    [Fact]
    public async Task Work_stands_in_groups_by_what_is_urgent()
    {
        var me = await app.Given.User("Reem Worker");
        await Made("late, though with the client", me, due: app.Today.AddDays(-1), holder: HolderKind.Client);
        await Made("today", me, due: app.Today);
        await Made("soon", me, due: app.Today.AddDays(2));
        await Made("client's", me, due: app.Today.AddDays(2), holder: HolderKind.Client);
        await Made("authority's", me, holder: HolderKind.Authority, holderName: "Balady");
        await Made("later", me, due: app.Today.AddDays(40));
        await Made("some day", me);
        await Made("nobody's", me, unassigned: true);
        await Made("done", me, status: "completed");
        await Made("not mine", Omar);

        var page = (await app.SignedInAs(me).Page("/work")).Expect(200);

        Assert.Equal(
            [
                "Overdue: late, though with the client",
                "Due today: today",
                "Due this week: soon",
                "Waiting on the client: client's",
                "Waiting on an authority: authority's",
                "Later: later",
                "No due date: some day",
                "Unassigned: yours to take: nobody's",
            ],
            page.Document.QuerySelectorAll("section.work")
                .Select(s =>
                    $"{s.QuerySelector("h2")!.FirstChild!.TextContent.Trim()}: "
                    + string.Join(", ", s.QuerySelectorAll(".title a").Select(a => a.TextContent))
                )
        );
        Assert.All(page.Select("section.work h2 .n"), n => Assert.Equal("1", n));
        var groups = (await app.Api(me).Get("/work")).Expect(200).Json.GetProperty("groups").EnumerateArray().ToList();
        Assert.Equal(8, groups.Count);
        Assert.Equal("overdue", groups[0].GetProperty("key").GetString());
        Assert.Equal(
            "late, though with the client",
            groups[0].GetProperty("items")[0].GetProperty("title").GetString()
        );
    }

    [Fact]
    public async Task Who_has_nothing_to_do_is_told_so()
    {
        var page = (await app.SignedInAs(await app.Given.User("Rana Rested")).Page("/work")).Expect(200);
        Assert.Contains("Nothing waits for you", page.Text);
    }

    [Fact]
    public async Task A_row_moves_on_and_the_page_comes_again()
    {
        var me = await app.Given.User("Ruba Moving");
        var one = await Made("Approved facade", me, status: "approved");
        Assert.Contains("Move to In progress", (await app.SignedInAs(me).Page("/work")).Select(".do [name=to]"));

        var answer = await app.SignedInAs(me)
            .Submit($"/transactions/{one.Number}/status", Form(one, ("to", "in_progress"), ("from", "work")));

        Assert.Equal("/work", answer.Expect(303).Location);
        Assert.Equal("in_progress", (await Read(one)).Status);
    }

    [Fact]
    public async Task One_click_says_that_the_client_has_it_from_today_and_another_takes_it_back()
    {
        var me = await app.Given.User("Rima Handing");
        var one = await Made("Facade", me);
        var visitor = app.SignedInAs(me);

        var answer = await visitor.Submit(
            $"/transactions/{one.Number}/holder",
            Form(one, ("holder", "client"), ("from", "work"))
        );
        Assert.Equal("/work", answer.Expect(303).Location);
        var now = await Read(one);
        Assert.Equal((HolderKind.Client, app.Today), (now.HolderKind, now.HolderSince));
        Assert.Contains("Now with: The client", (await visitor.Page("/work")).Text);

        (await visitor.Submit($"/transactions/{one.Number}/holder", Form(now, ("holder", "us")))).Expect(303);
        Assert.Equal(HolderKind.Us, (await Read(one)).HolderKind);
        (await visitor.Submit($"/transactions/{one.Number}/holder", Form(now, ("holder", "client")))).Expect(412);
        (await visitor.Submit($"/transactions/{one.Number}/holder", Form(await Read(one), ("holder", "moon")))).Expect(
            422
        );
        var history = await app.Db(db =>
            db.History.Where(h => h.TransactionId == one.Id && h.Kind == HistoryKind.Edited).CountAsync()
        );
        Assert.Equal(2, history);
    }

    [Fact]
    public async Task A_script_names_the_authority_that_has_it()
    {
        var one = await Made("Facade", Sara);
        var api = app.Api(Sara);

        var answer = (
            await api.Post($"/transactions/{one.Number}/holder", new { kind = "authority", name = "Balady" })
        ).Expect(200);

        Assert.Equal("Balady", answer.Json.GetProperty("holder").GetProperty("name").GetString());
        (await api.Post($"/transactions/{one.Number}/holder", new { kind = "authority" })).Expect(422);
        var tooLong = new { kind = "authority", name = new string('x', 121) };
        Assert.Contains(
            "Use at most 120 characters.",
            (await api.Post($"/transactions/{one.Number}/holder", tooLong)).Expect(422).Text
        );
        (await app.Api(Omar).Post($"/transactions/{one.Number}/holder", new { kind = "us" })).Expect(404);
        (await app.Api(Huda).Post($"/transactions/{one.Number}/holder", new { kind = "us" })).Expect(403);
    }

    [Fact]
    public async Task What_is_snoozed_comes_back_on_its_day_and_nobody_else_misses_it()
    {
        var me = await app.Given.User("Rand Snoozing");
        var one = await Made("Facade", me, by: Sara);
        var (visitor, address) = (app.SignedInAs(me), $"/transactions/{one.Number}/snooze");

        (await visitor.Submit(address, new { until = $"{app.Today.AddDays(3):yyyy-MM-dd}" })).Expect(303);
        Assert.Equal(["Snoozed 1"], await Groups(me));
        (await visitor.Submit(address, new { until = "" })).Expect(303);
        Assert.Equal(["No due date 1"], await Groups(me));

        var api = app.Api(me);
        (await api.Post(address, new { until = $"{app.Today.AddDays(3):yyyy-MM-dd}" })).Expect(204);
        (await api.Post(address, new { until = $"{app.Today:yyyy-MM-dd}" })).Expect(422);
        (await api.Post(address, new { until = "soon" })).Expect(422);
        (await app.Api(Omar).Post(address, new { until = (string?)null })).Expect(404);
        Assert.Equal(["Snoozed 1"], await Groups(me));
        await app.Db(db =>
            db.WorkSnoozes.Where(s => s.TransactionId == one.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(s => s.Until, app.Today))
        );
        Assert.Equal(["No due date 1"], await Groups(me));
    }

    [Fact]
    public async Task Who_takes_what_is_nobodys_has_it()
    {
        var me = await app.Given.User("Ruqayya Taking");
        var one = await Made("Facade", me, unassigned: true);

        var answer = await app.SignedInAs(me)
            .Submit($"/transactions/{one.Number}/assignee", Form(one, ("assignee", $"{me.Id}"), ("from", "work")));

        Assert.Equal("/work", answer.Expect(303).Location);
        Assert.Equal(me.Id, (await Read(one)).AssigneeId);
    }

    [Fact]
    public async Task It_is_the_home_of_an_editor_and_no_business_of_a_client()
    {
        Assert.Equal("/work", (await app.SignedInAs(Sara).Page("/")).Expect(302).Location);
        (await app.SignedInAs(Nasser).Page("/")).Expect(200);
        (await app.SignedInAs(Huda).Page("/work")).Expect(403);
        (await app.Api(Huda).Get("/work")).Expect(403);
    }

    private async Task<IReadOnlyList<string>> Groups(Person person) =>
        (await app.SignedInAs(person).Page("/work")).Expect(200).Select("section.work h2");

    private Task<Transaction> Made(
        string title,
        Person assignee,
        Person? by = null,
        string status = "draft",
        DateOnly? due = null,
        HolderKind holder = HolderKind.Us,
        string? holderName = null,
        bool unassigned = false
    ) =>
        app.Given.Transaction(
            title,
            status,
            by: by ?? assignee,
            assignee: assignee,
            due: due,
            holder: holder,
            holderName: holderName,
            unassigned: unassigned
        );

    private static (string, string?)[] Form(Transaction one, params (string, string?)[] fields) =>
        [("version", $"{one.Version}"), .. fields];

    private Task<Transaction> Read(Transaction one) =>
        app.Db(db => db.Transactions.AsNoTracking().SingleAsync(t => t.Id == one.Id));
}
