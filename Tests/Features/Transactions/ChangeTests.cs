using MdcTts.Features.Outbox;
using MdcTts.Features.Outbox.Writing;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Events;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions;

/// <summary>
/// What follows from a verb of a transaction, whoever calls it: history, audit entry, event, and who is told.
/// </summary>
public sealed class ChangeTests(App app) : IClassFixture<App>
{
    [Fact]
    public async Task Submitting_in_one_step_and_in_two_leaves_the_same_behind()
    {
        var api = app.Api(Sara);
        object Fields(bool submit) =>
            new
            {
                title = "Permit",
                client = $"{Municipality.Id}",
                type = "submission",
                submit,
            };

        var atOnce = (await api.Post("/transactions", Fields(submit: true))).Expect(201)["number"]!;
        var inTwo = (await api.Post("/transactions", Fields(submit: false))).Expect(201)["number"]!;
        (await api.Post($"/transactions/{inTwo}/status", new { status = "submitted" })).Expect(200);
        await app.Follow();

        Assert.Equal(["transaction.created", "transaction.status_changed"], (await Left(atOnce)).Audited);
        Assert.Equivalent(await Left(inTwo), await Left(atOnce), strict: true);
        Assert.Contains($"{Huda.Id} transaction.status_changed", (await Left(atOnce)).Told);
    }

    [Fact]
    public async Task Every_verb_writes_one_audit_entry_and_one_event_of_the_same_kind()
    {
        var t = await app.Given.Transaction(status: "draft", by: Sara, assignee: Sara);
        var (sara, nasser) = (app.Api(Sara), app.Api(Nasser));
        var path = $"/transactions/{t.Number}";

        (await sara.Post(path + "/status", new { status = "submitted" })).Expect(200);
        (await sara.Post(path + "/comments", new { text = "@Omar look" })).Expect(201);
        (await nasser.Post(path + "/assignee", new { assignee = $"{Omar.Id}" })).Expect(200);
        (await nasser.Post(path + "/qr", new { })).Expect(200);
        (await nasser.Delete(path, new { reason = "Entered twice" })).Expect(204);
        (await nasser.Post(path + "/restore", new { })).Expect(200);

        var kinds = new[] { "status_changed", "commented", "assigned", "link_renewed", "deleted", "restored" };
        Assert.Equal(kinds.Select(k => "transaction." + k), (await Left(t.Number)).Happened);
        Assert.Equal((await Left(t.Number)).Happened, (await Left(t.Number)).Audited);
    }

    [Fact]
    public async Task A_mail_states_what_its_event_set_and_never_what_came_later()
    {
        var t = await app.Given.Transaction(status: "submitted", by: Sara, assignee: Sara);
        var api = app.Api(Nasser);
        (await api.Post($"/transactions/{t.Number}/status", new { status = "under_review", note = "First" })).Expect(
            200
        );
        (await api.Post($"/transactions/{t.Number}/status", new { status = "approved", note = "Second" })).Expect(200);
        await app.Follow();

        var mails = await Mails(t.Number, Sara);

        Assert.Contains("Status: Under review", mails[0].Subject);
        Assert.Contains("> First", mails[0].TextBody);
        Assert.Contains("Status: \u2068Under review\u2069", mails[0].TextBody);
        Assert.DoesNotContain("Approved", mails[0].TextBody);
        Assert.Contains("> Second", mails[1].TextBody);
    }

    [Fact]
    public async Task Two_events_of_one_instant_keep_their_authors_apart()
    {
        var t = await app.Given.Transaction(status: "submitted", by: Lina, assignee: Lina);
        (await app.Api(Nasser).Post($"/transactions/{t.Number}/comments", new { text = "By Nasser" })).Expect(201);
        (
            await app.Api(Lina)
                .Post($"/transactions/{t.Number}/assignee", new { assignee = $"{Sara.Id}", reason = "x" })
        ).Expect(200);
        (await app.Api(Sara).Post($"/transactions/{t.Number}/comments", new { text = "By Sara" })).Expect(201);
        await app.Follow();

        foreach (var mail in await Mails(t.Number, Lina))
            Assert.Contains(
                mail.TextBody!.Contains("> By Nasser")
                    ? "\u2068Nasser Alqahtani\u2069 wrote"
                    : "\u2068Sara Alharbi\u2069 wrote",
                mail.TextBody
            );
    }

    [Fact]
    public async Task An_audit_entry_alone_wakes_no_open_page()
    {
        var t = await app.Given.Transaction(status: "submitted", by: Sara);
        var before = await app.Db(db => db.Set<EventRow>().CountAsync());

        await app.Db(db =>
        {
            db.Add(AuditLog.Entry("transaction.downloaded", "transaction", t.Number, Sara.Id, app.Now));
            return db.SaveChangesAsync();
        });

        Assert.Equal(before, await app.Db(db => db.Set<EventRow>().CountAsync()));
    }

    [Fact]
    public async Task The_date_that_people_outside_see_is_that_of_the_last_thing_they_may_read()
    {
        var t = await app.Given.Transaction(status: "submitted", reference: "OUT-1", by: Sara);
        var seen = (await app.Api(Huda).Get($"/transactions/{t.Number}")).Expect(200)["updatedAt"]!;
        app.Clock.Advance(TimeSpan.FromHours(5));
        (await app.Api(Sara).Post($"/transactions/{t.Number}/comments", new { text = "For us" })).Expect(201);

        var client = await app.Api(Huda).Get($"/transactions/{t.Number}");
        var list = await app.Api(Huda).Get("/transactions?q=OUT-1");
        var stranger = await app.AnonymousApi.Get($"/tracking/{t.TrackingToken}");
        var staff = await app.Api(Sara).Get($"/transactions/{t.Number}");

        Assert.Equal(seen, client["updatedAt"]);
        Assert.Equal(seen, list.Items.Single().GetProperty("updatedAt").GetString());
        Assert.Equal(seen, stranger["updatedAt"]);
        Assert.NotEqual(seen, staff["updatedAt"]);
    }

    private async Task<List<MimeKit.MimeMessage>> Mails(string number, Person person)
    {
        var messages = await app.Db(db =>
            db.Outbox.Where(m => m.TransactionNumber == number && m.RecipientId == person.Id)
                .OrderBy(m => m.Id)
                .ToListAsync()
        );
        var mails = new List<MimeKit.MimeMessage>();
        foreach (var message in messages)
            mails.Add((await app.With<WriteMail, Mail>(w => w.Handle(message, CancellationToken.None))).Message!);
        return mails;
    }

    private sealed record Behind(
        IReadOnlyList<string> Audited,
        IReadOnlyList<string> Happened,
        IReadOnlyList<string> Told
    );

    private Task<Behind> Left(string number) =>
        app.Db(async db => new Behind(
            await db.Audit.Where(a => a.EntityKey == number).OrderBy(a => a.Id).Select(a => a.Action).ToListAsync(),
            await db.Set<EventRow>().Where(e => e.Key == number).OrderBy(e => e.Id).Select(e => e.Kind).ToListAsync(),
            await db
                .Outbox.Where(m => m.TransactionNumber == number)
                .OrderBy(m => m.Event)
                .ThenBy(m => m.RecipientId)
                .Select(m => m.RecipientId + " " + m.Event)
                .ToListAsync()
        ));
}
