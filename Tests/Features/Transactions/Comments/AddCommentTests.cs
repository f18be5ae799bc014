using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.Comments;

public sealed class AddCommentTests(SharedApp app) : IClassFixture<SharedApp>
{
    [Fact]
    public async Task An_editor_comments_on_the_page()
    {
        var t = await app.Given.Transaction(by: Sara, assignee: Omar);
        var sara = app.SignedInAs(Sara);

        var answer = await sara.Submit(
            await sara.Page($"/transactions/{t.Number}"),
            "form.comment",
            new { text = "  The east elevation\r\nstill shows <b>the old</b> cladding.  " }
        );

        var page = await sara.Follow(answer.Expect(303));
        Assert.Equal("The east elevation still shows <b>the old</b> cladding.", page.Select("#timeline li .note p")[0]);
        Assert.Equal(
            "The east elevation\nstill shows <b>the old</b> cladding.",
            (await app.Given.Reload(t.Number)).History.Single(h => h.Kind == HistoryKind.Comment).Text
        );
        Assert.Equal(
            1,
            await app.Db(db => db.Audit.CountAsync(a => a.EntityKey == t.Number && a.Action == "transaction.commented"))
        );
    }

    [Fact]
    public async Task A_script_comments_and_reads_the_comments_newest_first()
    {
        var t = await app.Given.Transaction(by: Sara);
        var sara = app.Api(Sara);

        var made = await sara.Post($"/transactions/{t.Number}/comments", new { text = "One" });
        (await sara.Post($"/transactions/{t.Number}/comments", new { text = "Two" })).Expect(201);

        Assert.Equal(("One", Sara.Name, "2026-11-22T09:30:00Z"), (made.Expect(201)["text"], made["by"], made["at"]));
        var list = await sara.Get($"/transactions/{t.Number}/comments?pageSize=1");
        Assert.Equal("Two", Assert.Single(list.Expect(200).Items).GetProperty("text").GetString());
        Assert.Equal(("2", "2"), (list["total"], list["totalPages"]));
        Assert.NotNull(list["next"]);
    }

    [Fact]
    public async Task Who_comments_at_the_same_moment_is_heard_too_but_not_past_a_version()
    {
        var t = await app.Given.Transaction(by: Sara, assignee: Omar);

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 6)
                .Select(i =>
                    app.Api(i % 2 == 0 ? Sara : Omar)
                        .Post($"/transactions/{t.Number}/comments", new { text = $"Comment {i}" })
                )
        );

        Assert.All(answers, a => a.Expect(201));
        Assert.Equal(6, (await app.Given.Reload(t.Number)).History.Count(h => h.Kind == HistoryKind.Comment));
        (
            await app.Api(Sara)
                .Post($"/transactions/{t.Number}/comments", new { text = "Late" }, ("If-Match", $"\"{t.Version}\""))
        ).Expect(412);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n ")]
    [InlineData("bell\u0007")]
    public async Task An_empty_or_forbidden_text_is_refused(string text)
    {
        var t = await app.Given.Transaction(by: Sara);

        Assert.True(
            (await app.Api(Sara).Post($"/transactions/{t.Number}/comments", new { text }))
                .Expect(422)
                .Json.GetProperty("errors")
                .TryGetProperty("text", out _)
        );
        (await app.SignedInAs(Sara).Submit($"/transactions/{t.Number}/comments", new { text })).Expect(422);
        Assert.Equal(t.Version, (await app.Given.Reload(t.Number)).Version);
    }

    [Fact]
    public async Task A_text_too_long_is_refused_and_kept_in_the_box()
    {
        var t = await app.Given.Transaction(by: Sara);
        var text = new string('ع', 4001);

        var page = await app.SignedInAs(Sara).Submit($"/transactions/{t.Number}/comments", new { text });

        Assert.Equal(text, page.Expect(422).TextOf("#comment"));
        (await app.SignedInAs(Sara).Submit($"/transactions/{t.Number}/comments", new { text = text[1..] })).Expect(303);
    }

    [Fact]
    public async Task Creator_and_assignee_are_told_but_not_who_wrote_it()
    {
        var t = await app.Given.Transaction(status: "submitted", by: Sara, assignee: Omar);

        (
            await app.Api(Omar).Post($"/transactions/{t.Number}/comments", new { text = "Waiting for the survey" })
        ).Expect(201);

        Assert.Equal([(Sara.Id, "transaction.commented")], await Told(t.Number));
    }

    [Fact]
    public async Task Who_is_mentioned_and_may_not_see_it_is_named_and_only_the_others_are_suggested()
    {
        var t = await app.Given.Transaction(status: "submitted", by: Sara, assignee: Sara);
        var sara = app.SignedInAs(Sara);

        var said = await sara.Submit(
            $"/transactions/{t.Number}/comments",
            new { text = $"@{Lina.Name} @{Nasser.Name}" }
        );

        var page = await sara.Follow(said.Expect(303));
        Assert.Contains(Lina.Name, page.TextOf("#toasts .toast span"));
        Assert.DoesNotContain(Nasser.Name, page.TextOf("#toasts .toast span"));
        Assert.DoesNotContain(Lina.Id, (await Told(t.Number)).Select(told => told.Item1));
        var offered = (await sara.Page($"/transactions/{t.Number}/mentions")).Expect(200).Text;
        Assert.Contains(Nasser.Name, offered);
        Assert.DoesNotContain(Lina.Name, offered);
        Assert.DoesNotContain(Sara.Name, offered);
        (await app.SignedInAs(Lina).Page($"/transactions/{t.Number}/mentions")).Expect(404);
    }

    [Theory]
    [InlineData("@عبد الله العتيبي يرجى المراجعة", 1)]
    [InlineData("@عبدالله يرجى المراجعة", 1)]
    [InlineData("@عبد العزيز", 2)]
    [InlineData("@عبد", 0)]
    public async Task An_arabic_name_of_two_words_means_one_person(string text, int which)
    {
        var first = await app.Given.User("عبد الله العتيبي");
        var second = await app.Given.User("عبد العزيز الدوسري");
        var t = await app.Given.Transaction(status: "submitted", by: first, assignee: second);

        (await app.Api(Nasser).Post($"/transactions/{t.Number}/comments", new { text })).Expect(201);

        var told = (await Told(t.Number)).Where(m => m.Event == "transaction.mentioned").Select(m => m.Id);
        Assert.Equal(which == 0 ? [] : [which == 1 ? first.Id : second.Id], told);
    }

    [Theory]
    [InlineData("@Sara please look", new[] { 2 })]
    [InlineData("@sara alharbi, and @nasser.alqahtani", new[] { 1, 2 })]
    [InlineData("سؤال إلى @NASSER", new[] { 1 })]
    [InlineData("@Lina cannot see this one", new int[0])]
    [InlineData("@Huda is a client", new int[0])]
    [InlineData("@Sarah is another name; mail sara@alharbi", new int[0])]
    public async Task A_mention_reaches_only_those_who_may_see_it(string text, int[] mentioned)
    {
        var t = await app.Given.Transaction(status: "submitted", by: Sara, assignee: Omar);

        (await app.Api(Omar).Post($"/transactions/{t.Number}/comments", new { text })).Expect(201);

        var told = await Told(t.Number);
        Assert.Equal(mentioned, told.Where(m => m.Event == "transaction.mentioned").Select(m => m.Id));
        Assert.Equal(
            mentioned.Contains(Sara.Id) ? [] : [Sara.Id],
            told.Where(m => m.Event == "transaction.commented").Select(m => m.Id)
        );
    }

    [Fact]
    public async Task An_old_version_is_refused()
    {
        var t = await app.Given.Transaction(by: Sara);

        (
            await app.Api(Sara).Post($"/transactions/{t.Number}/comments", new { text = "x" }, ("If-Match", "\"99\""))
        ).Expect(412);
        (
            await app.Api(Sara)
                .Post($"/transactions/{t.Number}/comments", new { text = "x" }, ("If-Match", $"\"{t.Version}\""))
        ).Expect(201);
    }

    private async Task<List<(int Id, string Event)>> Told(string number)
    {
        await app.Follow();
        var messages = await app.Db(db =>
            db.Outbox.Where(m => m.TransactionNumber == number).OrderBy(m => m.RecipientId).ToListAsync()
        );
        return messages.ConvertAll(m => (m.RecipientId, m.Event));
    }
}
