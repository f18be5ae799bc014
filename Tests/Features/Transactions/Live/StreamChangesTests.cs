using System.Net;
using MdcTts.Features.Accounts;
using MdcTts.Infrastructure.Live;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.Live;

public sealed class StreamChangesTests(App app) : IClassFixture<App>
{
    [Fact]
    public async Task A_change_is_heard_at_once_by_those_who_see_it_and_nobody_else_hears_even_its_number()
    {
        var t = await app.Given.Transaction(status: "submitted", by: Sara, client: Municipality);
        await using var admin = await Listener.Open(app, Nasser);
        await using var editor = await Listener.Open(app, Sara);
        await using var client = await Listener.Open(app, Huda);
        await using var otherEditor = await Listener.Open(app, Omar);
        await using var otherClient = await Listener.Open(app, Khalid);

        await Move(t, "under_review");

        foreach (var heard in new[] { await admin.Next(), await editor.Next(), await client.Next() })
            Assert.Equal(("changed", t.Number), (heard.Type, heard.Data));
        var theirs = await app.Given.Transaction(status: "submitted", by: Omar, client: Hospital);
        (
            await app.SignedInAs(Omar)
                .Submit($"/transactions/{theirs.Number}/status", new { to = "under_review", version = theirs.Version })
        ).Expect(303);
        Assert.Contains(theirs.Number, (await otherEditor.Next()).Data);
        Assert.Contains(theirs.Number, (await otherClient.Next()).Data);
        Assert.DoesNotContain(t.Number, string.Join(' ', otherEditor.LastId, otherClient.LastId));
    }

    [Fact]
    public async Task A_client_hears_nothing_of_a_draft_and_of_a_new_one_when_it_is_submitted()
    {
        await using var client = await Listener.Open(app, Huda);
        await using var editor = await Listener.Open(app, Sara);

        var made = (
            await app.Api(Sara)
                .Post(
                    "/transactions",
                    new
                    {
                        title = "A draft",
                        client = $"{Municipality.Id}",
                        type = "submission",
                    }
                )
        ).Expect(201)["number"]!;
        Assert.Equal(("new", made), Said(await editor.Next()));
        (await app.Api(Sara).Post($"/transactions/{made}/status", new { status = "submitted" })).Expect(200);

        Assert.Equal(("new", made), Said(await client.Next()));
        Assert.Equal(("changed", made), Said(await editor.Next()));
    }

    [Fact]
    public async Task To_an_editor_what_is_handed_over_is_new_and_who_gave_it_away_hears_no_more_of_it()
    {
        var t = await app.Given.Transaction(by: Lina, assignee: Sara);
        await using var sara = await Listener.Open(app, Sara);
        await using var omar = await Listener.Open(app, Omar);

        (
            await app.Api(Sara)
                .Post($"/transactions/{t.Number}/assignee", new { assignee = $"{Omar.Id}", reason = "Leave" })
        ).Expect(204);
        Assert.Equal(("new", t.Number), Said(await omar.Next()));
        var own = await app.Given.Transaction(by: Sara, assignee: Sara);
        (await app.Api(Sara).Post($"/transactions/{own.Number}/comments", new { text = "Mine" })).Expect(201);

        Assert.DoesNotContain(t.Number, (await sara.Next()).Data);
    }

    [Fact]
    public async Task The_page_of_one_transaction_hears_of_that_one_only()
    {
        var (one, other) = (
            await app.Given.Transaction(status: "submitted"),
            await app.Given.Transaction(status: "submitted")
        );
        await using var page = await Listener.Open(app, Nasser, "number=" + one.Number);
        await using var strangers = await Listener.Open(app, Omar, "number=" + one.Number);

        await Move(other, "under_review");
        await Move(one, "under_review");

        Assert.Equal(("changed", one.Number), Said(await page.Next()));
    }

    [Fact]
    public async Task Whoever_comes_back_with_the_last_id_is_told_what_was_missed()
    {
        var first = await app.Given.Transaction(status: "submitted");
        var listener = await Listener.Open(app, Nasser);
        await Move(first, "under_review");
        await listener.Next();
        await listener.DisposeAsync();
        var second = await app.Given.Transaction(status: "submitted");
        await Move(second, "under_review");

        await using var again = await Listener.Open(app, Nasser, lastId: listener.LastId);
        Assert.Contains(second.Number, (await again.Next()).Data);

        // The same without a stream: the way to poll.
        await using var poll = await Listener.Open(
            app,
            app.SignedInAs(Nasser),
            "list=1&after=" + listener.LastId,
            accept: "*/*"
        );
        Assert.Contains(second.Number, (await poll.Next()).Data);
        await poll.Ended;
    }

    [Fact]
    public async Task The_ids_of_a_stream_do_not_say_how_much_happens()
    {
        await using var one = await Listener.Open(app, Huda);
        await using var other = await Listener.Open(app, Huda);

        Assert.False(long.TryParse(one.LastId, out _));
        Assert.NotEqual(one.LastId, other.LastId);
        Assert.Equal(one.LastId.Length, other.LastId.Length);
        var page = await app.SignedInAs(Huda).Page("/transactions");
        Assert.False(long.TryParse(page.One("[data-after]").GetAttribute("data-after"), out _));
    }

    [Fact]
    public async Task What_is_not_ours_as_a_last_id_is_answered_like_none()
    {
        foreach (var id in new[] { "", "x", "-1", "99999999999999999999", "9223372036854775807" })
        {
            await using var listener = await Listener.Open(
                app,
                app.SignedInAs(Nasser),
                $"list=1&number=%00&import=x&after={id}",
                accept: "*/*"
            );
            Assert.Equal(HttpStatusCode.OK, listener.Response.StatusCode);
        }
    }

    [Fact]
    public async Task More_than_can_be_told_one_by_one_is_told_as_many()
    {
        var numbers = (
            await app.Given.Transactions(LiveNews.NumbersMax + 1, i => $"Many {i}", by: Fahad, assignee: Fahad)
        )
            .Select(t => t.Number)
            .ToList();
        await using var listener = await Listener.Open(app, Fahad);

        (
            await app.Api(Nasser)
                .Post(
                    "/transactions/bulk",
                    new
                    {
                        numbers,
                        action = "assign",
                        assignee = $"{Lina.Id}",
                        reason = "Leave",
                    }
                )
        ).Expect(200);
        // Seen piece by piece it may be told piece by piece; whoever comes later hears it at once.
        await using var late = await Listener.Open(app, Fahad, lastId: listener.LastId);

        Assert.Equal("many", (await late.Next()).Type);
    }

    [Fact]
    public async Task It_is_neither_compressed_nor_kept_nor_held_back_by_a_proxy()
    {
        await using var listener = await Listener.Open(app, Nasser);
        var headers = listener.Response.Headers;

        Assert.Equal("text/event-stream", listener.Response.Content.Headers.ContentType!.MediaType);
        Assert.Empty(listener.Response.Content.Headers.ContentEncoding);
        Assert.Equal(["no"], headers.GetValues("X-Accel-Buffering"));
        Assert.True(headers.CacheControl!.NoStore);
        Assert.NotNull(listener.Retry);
    }

    [Fact]
    public async Task The_navigation_of_admins_hears_who_waits()
    {
        await using var admin = await Listener.Open(app, Nasser);
        var waiting = await app.Given.User(status: UserStatus.Pending);
        Assert.Equal(
            "1",
            (await app.SignedInAs(Nasser).Page("/transactions")).TextOf(".side a[href='/users/pending'] .n")
        );

        (
            await app.SignedInAs(Nasser).Submit($"/users/{waiting.Id}/rejection", new { reason = "Unknown to us" })
        ).Expect(303);

        Assert.Equal("0", (await admin.Next("waiting")).Data);
    }

    [Fact]
    public async Task The_end_of_a_session_ends_its_stream_with_the_next_heartbeat()
    {
        var visitor = app.SignedInAs(Huda);
        await using var ended = await Listener.Open(app, visitor);
        await using var stays = await Listener.Open(app, Huda);
        var person = await app.Given.User();
        await using var promoted = await Listener.Open(app, person);

        (await visitor.Submit("/signout")).Expect(303);
        await app.Db(db =>
            db.Users.Where(u => u.Id == person.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(u => u.Role, Infrastructure.Security.Role.Admin))
        );
        await Wait.For(Task.WhenAll(ended.Ended, promoted.Ended), app.Clock);

        Assert.Equal("beat", (await stays.Next("beat")).Type);
    }

    [Fact]
    public async Task A_tab_that_is_left_open_does_not_keep_its_session_alive()
    {
        var visitor = app.SignedInAs(Sara);
        app.Clock.Advance(TimeSpan.FromMinutes(20));
        await using (await Listener.Open(app, visitor, accept: "*/*"))
        {
            app.Clock.Advance(TimeSpan.FromMinutes(11));
        }

        Assert.Equal(302, (await visitor.Page("/transactions")).Status);
    }

    [Fact]
    public async Task A_person_has_so_many_streams_and_no_more()
    {
        var open = new List<Listener>();
        while (open.Count < 8)
            open.Add(await Listener.Open(app, Khalid));
        await using (var refused = await Listener.Open(app, Khalid))
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.Response.StatusCode);
        await using (var somebody = await Listener.Open(app, Huda))
            Assert.Equal(HttpStatusCode.OK, somebody.Response.StatusCode);
        foreach (var listener in open)
            await listener.DisposeAsync();

        // The server learns of it a moment later.
        await Wait.Until(() => app.Services.GetRequiredService<LiveFeed>().Streams == 0);
        await using var again = await Listener.Open(app, Khalid);
        Assert.Equal(HttpStatusCode.OK, again.Response.StatusCode);
    }

    [Fact]
    public void Who_does_not_read_is_not_waited_for()
    {
        var stream = new LiveStream(
            new(Nasser.Id, "", "", Infrastructure.Security.Role.Admin, null, null),
            new HashSet<string> { "list" }
        );
        for (var i = 0; i < 1_000; i++)
            stream.Offer("event: x\n\n");

        Assert.True(stream.Frames(default).ToBlockingEnumerable().Count() < 1_000);
    }

    [Fact]
    public async Task A_process_that_stops_ends_its_streams_and_says_when_to_come_again()
    {
        var stopping = new App();
        await stopping.InitializeAsync();
        await using (var listener = await Listener.Open(stopping, Nasser))
        {
            stopping.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
            await listener.Ended;

            Assert.InRange(int.Parse(listener.Retry!), 500, 3_000);
        }

        await ((IAsyncLifetime)stopping).DisposeAsync();
    }

    private static (string, string) Said(Listener.Event heard) => (heard.Type, heard.Data);

    private async Task Move(Transaction t, string to) =>
        (await app.Api(Nasser).Post($"/transactions/{t.Number}/status", new { status = to })).Expect(200);
}
