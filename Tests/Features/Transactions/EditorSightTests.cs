using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions;

public sealed class EditorSightTests(App app) : IClassFixture<App>
{
    [Theory]
    [InlineData("own", "mine")]
    [InlineData("own_and_unassigned", "mine, nobody's, of no department")]
    [InlineData("department", "mine, nobody's, of my department")]
    [InlineData("all", "mine, nobody's, of my department, of another department, of no department")]
    [InlineData("no such word", "mine")]
    public async Task Editors_see_their_own_and_what_the_setting_adds(string sight, string seen)
    {
        var client = await app.Given.Client($"Client of {sight}");
        var me = await InDepartment("architecture");
        await app.Given.Transaction("mine", client: client, by: Nasser, assignee: me);
        await app.Given.Transaction(
            "nobody's",
            client: client,
            by: Nasser,
            unassigned: true,
            department: "architecture"
        );
        await app.Given.Transaction("of my department", client: client, by: Omar, department: "architecture");
        await app.Given.Transaction("of another department", client: client, by: Omar, department: "legal");
        await app.Given.Transaction("of no department", client: client, by: Omar, unassigned: true);
        await app.Given.Transaction("deleted", client: client, by: me, assignee: me, deleted: true);
        await app.Given.Settings(("editors_see", sight));

        var page = (await app.SignedInAs(me).Page($"/transactions?client={client.Id}&sort=number")).Expect(200);
        var json = (await app.Api(me).Get($"/transactions?client={client.Id}&sort=number")).Expect(200);

        Assert.Equal(seen, string.Join(", ", page.Select("td.title a")));
        Assert.Equal(seen.Split(", ").Length, json.Json.GetProperty("total").GetInt32());
        (await app.SignedInAs(Nasser).Page($"/transactions?client={client.Id}")).Expect(200);
    }

    [Fact]
    public async Task What_an_editor_only_sees_is_read_commented_and_copied_but_not_changed()
    {
        await app.Given.Settings(("editors_see", "all"));
        var t = await app.Given.Transaction("Of others", by: Omar, assignee: Omar, status: "submitted");
        var sara = app.SignedInAs(Sara);
        var api = app.Api(Sara);

        var page = (await sara.Page($"/transactions/{t.Number}")).Expect(200);
        Assert.False(page.Has($"form[action='/transactions/{t.Number}/status']"));
        Assert.False(page.Has($"form[action='/transactions/{t.Number}/assignee']"));
        Assert.False(page.Has($"a[href='/transactions/{t.Number}/edit']"));
        Assert.True(page.Has($"form[action='/transactions/{t.Number}/comments']"));
        var moves = (await api.Get($"/transactions/{t.Number}/transitions")).Expect(200);
        Assert.Equal(0, moves.Json.GetProperty("transitions").GetArrayLength());

        (await sara.Page($"/transactions/{t.Number}/edit")).Expect(403);
        var refused = (await api.Post($"/transactions/{t.Number}/status", new { status = "under_review" })).Expect(403);
        Assert.Equal("not-yours", refused.Problem);
        (await sara.Submit($"/transactions/{t.Number}/status", new { to = "under_review" })).Expect(403);
        (await api.Post($"/transactions/{t.Number}/holder", new { kind = "client" })).Expect(403);
        var fields = new
        {
            title = "Mine now",
            client = "1",
            type = "payment",
        };
        (await api.Put($"/transactions/{t.Number}", fields, t.Version)).Expect(403);
        (
            await api.Post($"/transactions/{t.Number}/assignee", new { assignee = $"{Sara.Id}", reason = "I want it" })
        ).Expect(403);
        var bulk = (
            await api.Post(
                "/transactions/bulk",
                new
                {
                    numbers = new[] { t.Number },
                    action = "status",
                    status = "under_review",
                }
            )
        ).Expect(200);
        Assert.Contains("not-yours", bulk.Text, StringComparison.Ordinal);

        var now = await app.Given.Reload(t.Number);
        Assert.Equal(("Of others", "submitted", t.Version), (now.Title, now.Status, now.Version));
        (await api.Post($"/transactions/{t.Number}/comments", new { text = "@Lina, look" })).Expect(201);
        await app.Follow();
        Assert.True(
            await app.Db(db => db.Outbox.AnyAsync(m => m.TransactionNumber == t.Number && m.RecipientId == Lina.Id))
        );
        (await api.Post($"/transactions/{t.Number}/duplicate", new { })).Expect(201);
    }

    [Fact]
    public async Task Unassigned_work_that_an_editor_sees_can_be_taken_and_not_given_to_others()
    {
        await app.Given.Settings(("editors_see", "own_and_unassigned"));
        var t = await app.Given.Transaction("Free", by: Nasser, unassigned: true);
        var api = app.Api(Lina);

        Assert.Contains("Free", (await app.SignedInAs(Lina).Page("/work")).Expect(200).Text, StringComparison.Ordinal);
        (await api.Post($"/transactions/{t.Number}/assignee", new { assignee = $"{Omar.Id}" })).Expect(403);
        (await api.Post($"/transactions/{t.Number}/assignee", new { assignee = $"{Lina.Id}" })).Expect(200);
        (await api.Post($"/transactions/{t.Number}/holder", new { kind = "client" })).Expect(200);
        // Now it is somebody's, and others do not see it any more.
        (await app.Api(Sara).Get($"/transactions/{t.Number}")).Expect(404);
    }

    private async Task<Person> InDepartment(string department)
    {
        var person = await app.Given.User("Dana Department");
        await app.Db(async db =>
            await db
                .Users.Where(u => u.Id == person.Id)
                .ExecuteUpdateAsync(u => u.SetProperty(x => x.Department, department))
        );
        return person;
    }
}
