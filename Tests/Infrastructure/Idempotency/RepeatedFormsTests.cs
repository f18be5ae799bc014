using MdcTts.Infrastructure.Security;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Infrastructure.Idempotency;

/// <summary>Forms that are sent twice: the answer was lost, a button was clicked twice, a page was left open.</summary>
public sealed class RepeatedFormsTests(SharedApp app) : IClassFixture<SharedApp>
{
    private const string CommentForm = "form.comment";

    [Fact]
    public async Task A_comment_whose_answer_was_lost_is_made_once_and_answered_as_before()
    {
        var (sara, page, text) = await Open();
        var first = (await sara.Submit(page, CommentForm, new { text })).Expect(303);

        var again = (await sara.Submit(page, CommentForm, new { text })).Expect(303);

        Assert.Equal(first.Location, again.Location);
        Assert.Equal("Comment added.", (await sara.Follow(again)).TextOf("#toasts .toast span"));
        Assert.Equal(1, await Count(text));
        // The page that was opened anew may well say the same thing once more.
        (await sara.Submit(await sara.Page(first.Location!), CommentForm, new { text })).Expect(303);
        Assert.Equal(2, await Count(text));
    }

    [Fact]
    public async Task Of_two_at_once_one_is_carried_out_and_both_hear_the_same()
    {
        var title = $"Clicked twice {Guid.NewGuid():N}";
        var sara = app.SignedInAs(Sara);
        var page = await sara.Page("/transactions/new");
        var fill = new
        {
            title,
            client = $"{Municipality.Id}",
            type = "payment",
            @do = "save",
        };

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 6).Select(_ => sara.Submit(page, "form[data-keep]", fill))
        );

        Assert.All(answers, a => a.Expect(303));
        Assert.Single(answers.Select(a => a.Location).Distinct());
        var number = await app.Db(db =>
            db.Transactions.Where(t => t.Title == title).Select(t => t.Number).SingleAsync()
        );
        Assert.Equal($"/transactions/{number}", answers[0].Location);
    }

    [Fact]
    public async Task A_move_is_not_refused_because_it_has_been_made()
    {
        var transaction = await app.Given.Transaction("Moved once", status: "submitted", by: Sara);
        var nasser = app.SignedInAs(Nasser);
        var page = await nasser.Page($"/transactions/{transaction.Number}");
        var fill = new { note = "Seen" };

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 3).Select(_ => nasser.Submit(page, "form:has(#note-under_review)", fill))
        );

        Assert.All(answers, a => a.Expect(303));
        Assert.Equal(
            1,
            await app.Db(db => db.History.CountAsync(h => h.TransactionId == transaction.Id && h.Text == "Seen"))
        );
    }

    [Fact]
    public async Task Another_text_under_the_same_key_is_shown_and_sent_only_on_purpose()
    {
        var (sara, page, text) = await Open();
        (await sara.Submit(page, CommentForm, new { text })).Expect(303);

        var asked = (await sara.Submit(page, CommentForm, new { text = text + " changed" })).Expect(409);
        Assert.Equal("Already sent", asked.TextOf("h1"));
        Assert.Equal(text + " changed", asked.TextOf("textarea[readonly]"));
        Assert.Equal(0, await Count(text + " changed"));

        (await sara.Submit(asked, "#stale")).Expect(303);
        (await sara.Submit(asked, "#stale")).Expect(303);
        Assert.Equal(1, await Count(text + " changed"));
    }

    [Fact]
    public async Task A_script_is_told_so_and_gets_a_new_key()
    {
        var (sara, page, text) = await Open();
        (await sara.Submit(page, CommentForm, new { text })).Expect(303);
        sara.Headers.Add("HX-Request", "true");
        sara.Headers.Add("HX-Request-Type", "full");

        var told = (await sara.Submit(page, CommentForm, new { text = text + " changed" })).Expect(409);
        Assert.False(told.IsWholePage);
        Assert.Contains("\"once\"", told.Header("HX-Trigger"));
        var again = (await sara.Submit(page, CommentForm, new { text })).Expect(204);
        Assert.Equal(page.Url, again.Header("HX-Redirect"));
    }

    [Fact]
    public async Task Keys_belong_to_people_and_no_other_than_ours_are_taken()
    {
        var (sara, page, text) = await Open();
        var key = page.Attribute($"{CommentForm} [name={FormKeys.Field}]", "value")!;
        (await sara.Submit(page, CommentForm, new { text })).Expect(303);

        var theirs = new List<(string, string?)> { ("text", text), (FormKeys.Field, key) };
        (await app.SignedInAs(Nasser).Submit(page.Url + "/comments", theirs)).Expect(303);
        Assert.Equal(2, await Count(text));

        foreach (var bad in new[] { "", "1", key + "\n", key + "'--", new string('k', 5000), "ab\u202e.1" })
            (await sara.Submit(page.Url + "/comments", new { text, __Once = bad })).Expect(400);
        (await sara.Submit(page.Url + "/comments", new { text, __Once = new[] { key, key } })).Expect(400);
        // Offered to be sent with a key of ours.
        var kept = (await sara.Submit(page.Url + "/comments", new { text, __Once = "1" })).Expect(400);
        (await sara.Submit(kept, "#stale")).Expect(303);
        Assert.Equal(3, await Count(text));
    }

    [Fact]
    public async Task What_was_refused_may_be_sent_again_with_the_same_key()
    {
        var name = $"Once {Guid.NewGuid():N}";
        var nasser = app.SignedInAs(Nasser);
        var page = await nasser.Page("/clients/new");
        (await nasser.Submit(page, "form[data-guard]", new { nameEn = name, crNumber = "12" })).Expect(422);
        (await nasser.Submit(page, "form[data-guard]", new { nameEn = name, crNumber = "" })).Expect(303);
        (await nasser.Submit(page, "form[data-guard]", new { nameEn = name, crNumber = "" })).Expect(303);

        Assert.Equal(1, await app.Db(db => db.Clients.CountAsync(c => c.NameEn == name)));
    }

    [Fact]
    public async Task A_process_that_died_before_its_answer_leaves_word_that_it_was_done()
    {
        var (sara, page, text) = await Open();
        (await sara.Submit(page, CommentForm, new { text })).Expect(303);
        await app.Db(db =>
            db.IdempotencyKeys.Where(r => r.UserId == Sara.Id && r.Key.StartsWith("form:"))
                .ExecuteUpdateAsync(set =>
                    set.SetProperty(r => r.Status, IdempotencyRecord.Done).SetProperty(r => r.Location, (string?)null)
                )
        );

        var again = (await sara.Submit(page, CommentForm, new { text })).Expect(303);

        Assert.Equal(page.Url, again.Location);
        Assert.Contains("not done twice", (await sara.Follow(again)).TextOf("#toasts .toast span"));
        Assert.Equal(1, await Count(text));
    }

    [Fact]
    public async Task Every_form_of_a_page_has_a_key_of_its_own_and_none_stands_in_the_database()
    {
        var (sara, page, text) = await Open();
        var keys = page
            .Document.QuerySelectorAll($"form[method=post] [name={FormKeys.Field}]")
            .Select(i => i.GetAttribute("value")!)
            .ToList();
        Assert.True(keys.Count > 4);
        Assert.Equal(keys.Count, keys.Distinct().Count());
        (await sara.Submit(page, CommentForm, new { text })).Expect(303);

        var rows = await app.Db(db => db.IdempotencyKeys.Select(r => r.Key).ToListAsync());
        Assert.DoesNotContain(rows, r => keys.Exists(k => r.Contains(k[..22])));
    }

    private async Task<(Visitor Sara, Answer Page, string Text)> Open()
    {
        var transaction = await app.Given.Transaction("Sent twice", status: "submitted", by: Sara);
        var sara = app.SignedInAs(Sara);
        sara.Headers.Add("Origin", app.Address.GetLeftPart(UriPartial.Authority));
        return (sara, await sara.Page($"/transactions/{transaction.Number}"), $"Twice {Guid.NewGuid():N}");
    }

    private Task<int> Count(string text) => app.Db(db => db.History.CountAsync(h => h.Text == text));
}

/// <summary>With a clock of its own.</summary>
public sealed class PurgeAnswersTests(App app) : IClassFixture<App>
{
    [Fact]
    public async Task Keys_are_forgotten_after_a_day()
    {
        var transaction = await app.Given.Transaction("Forgotten", status: "submitted", by: Sara);
        var sara = app.SignedInAs(Sara);
        var page = await sara.Page($"/transactions/{transaction.Number}");
        (await sara.Submit(page, "form.comment", new { text = "Once" })).Expect(303);
        await app.With<PurgeAnswers>(job => job.Invoke());
        Assert.Equal(1, await app.Db(db => db.IdempotencyKeys.CountAsync()));

        app.Clock.Advance(TimeSpan.FromHours(24.1));
        await app.With<PurgeAnswers>(job => job.Invoke());
        Assert.Equal(0, await app.Db(db => db.IdempotencyKeys.CountAsync()));
    }
}
