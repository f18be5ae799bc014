using MdcTts.Features.Catalogue;
using MdcTts.Features.Outbox;
using MdcTts.Features.Outbox.Writing;
using MdcTts.Features.Transactions.Documents;
using MdcTts.Features.Transactions.Listing;
using MdcTts.Features.Transactions.News;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Security;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions;

/// <summary>Statuses that an admin has added behave by their meaning, wherever it is asked.</summary>
public sealed class MeaningTests(MeaningTests.GrownApp app) : IClassFixture<MeaningTests.GrownApp>
{
    /// <summary>
    /// The default workflow with one more end, one more rest and one more step before the submission.
    /// </summary>
    public sealed class GrownApp : App
    {
        internal static IEnumerable<WorkflowStatus> Added =>
            [
                Status("archived", "Archived", "مؤرشفة", Meaning.Done),
                Status("with_balady", "With Balady", "لدى بلدي", Meaning.Waiting),
                Status("checking", "Being checked", "قيد التدقيق", Meaning.Draft),
            ];

        public override async Task InitializeAsync()
        {
            await base.InitializeAsync();
            await Db(db =>
            {
                db.AddRange(Added);
                db.AddRange(
                    Move("in_progress", "archived"),
                    Move("in_progress", "with_balady"),
                    Move("draft", "checking"),
                    Move("submitted", "checking"),
                    Move("checking", "submitted", MoveMeaning.Submit)
                );
                return db.SaveChangesAsync();
            });
            Services.GetRequiredService<CatalogueCache>().Forget();
        }

        private static WorkflowStatus Status(string key, string en, string ar, Meaning meaning) =>
            new()
            {
                Key = key,
                NameEn = en,
                NameAr = ar,
                Meaning = meaning,
                Position = meaning == Meaning.Draft ? 0 : 20,
                IsOnPath = meaning == Meaning.Draft,
            };

        private static WorkflowMove Move(string from, string to, MoveMeaning? meaning = null) =>
            new()
            {
                From = from,
                To = to,
                Meaning = meaning,
                ForEditors = true,
                Position = 200,
            };
    }

    [Fact]
    public async Task What_rests_at_an_added_end_is_nowhere_overdue()
    {
        var reem = await app.Given.User("Reem of the archive");
        var late = await app.Given.Transactions(
            6,
            i => $"Late {i}",
            status: "in_progress",
            by: reem,
            due: app.Today.AddDays(-2)
        );
        var (left, gone) = (late[0].Number, late.Skip(1).Select(t => t.Number).ToList());
        var (api, page) = (app.Api(reem), app.SignedInAs(reem));
        Assert.Equal("6", await OverdueTab(page));
        foreach (var number in gone)
            await Move(api, number, "archived");

        var listed = (await api.Get("/transactions?overdue=true")).Expect(200);
        Assert.Equal("1", listed["total"]);
        Assert.Equal([(left, true)], listed.Items.Select(Overdue));
        Assert.Equal(
            gone.Select(number => (number, false)).Append((left, true)).Order(),
            (await api.Get("/transactions?limit=100")).Expect(200).Items.Select(Overdue).Order()
        );
        Assert.Equal((left, true), Overdue((await api.Get($"/transactions/{left}")).Expect(200).Json));
        var one = (await api.Get($"/transactions/{gone[0]}")).Expect(200);
        Assert.Equal((gone[0], false), Overdue(one.Json));
        Assert.NotNull(one["completedAt"]);

        Assert.Equal("1", await OverdueTab(page));
        Assert.Equal([left], (await page.Page("/transactions?overdue=true")).Select("tbody .no"));
        Assert.Equal([left], (await page.Page("/transactions")).Select("tbody tr.late .no"));
        var rows = await page.Page("/transactions?status=archived");
        Assert.Equal(5, rows.Select("td.state .st.is-done.archived").Count);
        Assert.Equal(Enumerable.Repeat("—", 5), rows.Select("tbody td.with"));
        Assert.True((await page.Page($"/transactions/{left}")).Has("dl.facts small:contains('late')"));
        Assert.False((await page.Page($"/transactions/{gone[0]}")).Has("dl.facts small:contains('late')"));

        Assert.Equal((1, 1), (await Figure(api, "mine"), await Figure(api, "overdue")));
        var load = (await app.Api(Nasser).Get("/dashboard"))
            .Expect(200)
            .Json.GetProperty("workload")
            .EnumerateArray()
            .Single(w => w.GetProperty("name").GetString() == reem.Name);
        Assert.Equal(
            (1, 1, 5),
            (
                load.GetProperty("open").GetInt64(),
                load.GetProperty("overdue").GetInt64(),
                load.GetProperty("completedThisMonth").GetInt64()
            )
        );

        var mail = await MorningMail(reem);
        Assert.Contains(left, mail);
        Assert.All(gone, number => Assert.DoesNotContain(number, mail));

        var refused = await app.Api(Nasser).Delete($"/transactions/{gone[0]}", new { reason = "By mistake" });
        Assert.Equal("delete-completed", refused.Expect(409).Problem);
    }

    [Fact]
    public async Task What_rests_in_an_added_waiting_status_stays_open()
    {
        var reem = await app.Given.User("Reem who waits");
        var t = await app.Given.Transaction(status: "in_progress", by: reem, due: app.Today.AddDays(-2));
        var soon = await app.Given.Transaction(status: "in_progress", by: reem, due: app.Today.AddDays(3));
        var api = app.Api(reem);
        await Move(api, t.Number, "with_balady");
        await Move(api, soon.Number, "with_balady");

        Assert.Equal([(t.Number, true)], (await api.Get("/transactions?overdue=true")).Items.Select(Overdue));
        Assert.Equal((2, 1), (await Figure(api, "mine"), await Figure(api, "overdue")));
        Assert.Contains(
            (await api.Get("/dashboard")).Json.GetProperty("openByStatus").EnumerateArray(),
            bar => bar.GetProperty("key").GetString() == "with_balady" && bar.GetProperty("count").GetInt64() == 2
        );
        var page = await app.SignedInAs(reem).Page("/dashboard");
        Assert.Contains("With Balady", page.Select("th .st.is-waiting.with_balady"));
        var (found, notFound) = (await app.Anonymous.Page($"/t/{t.TrackingToken}"), "is-done");
        Assert.Equal("With Balady", found.Expect(200).TextOf(".st.is-waiting"));
        Assert.DoesNotContain(notFound, found.Text);

        var mail = await MorningMail(reem);
        Assert.Contains(t.Number, mail);
        Assert.Contains(soon.Number, mail);
    }

    private async Task<string> MorningMail(Person person)
    {
        await app.With<RemindOfDueDates, int>(r => r.Handle(CancellationToken.None));
        var message = await app.Db(db =>
            db.Outbox.SingleAsync(m => m.Event == TransactionEvents.Due && m.RecipientId == person.Id)
        );
        return (await app.With<WriteMail, Mail>(w => w.Handle(message, CancellationToken.None))).Message!.TextBody!;
    }

    [Fact]
    public async Task What_an_added_draft_status_holds_no_client_sees()
    {
        var place = await app.Given.Client("Curious Est.");
        var yasser = await app.Given.User("Yasser", role: Role.Client, client: place);
        var reem = await app.Given.User("Reem who checks");
        var t = await app.Given.Transaction("Unseen", by: reem, client: place, reference: "UNSEEN-1");
        var (api, his) = (app.Api(reem), app.Api(yasser));
        await Move(api, t.Number, "checking");

        await Unseen();
        Assert.Empty(await MailsTo(yasser));
        Assert.Contains(t.Number, (await app.SignedInAs(reem).Page("/transactions/drafts")).Select("tbody bdi"));
        Assert.Null((await api.Get($"/transactions/{t.Number}"))["submittedAt"]);

        await Move(api, t.Number, "submitted");
        Assert.Equal(
            [t.Number],
            (await his.Get("/transactions")).Items.Select(i => i.GetProperty("number").GetString())
        );
        Assert.NotNull((await his.Get($"/transactions/{t.Number}")).Expect(200)["submittedAt"]);
        Assert.Single(await MailsTo(yasser));
        Assert.Contains(
            await app.Db(db => db.Outbox.Where(m => m.TransactionNumber == t.Number).ToListAsync()),
            m => m.RecipientId == Nasser.Id
        );
        var steps = (await app.SignedInAs(yasser).Page($"/transactions/{t.Number}")).Select("ol.steps li");
        Assert.Contains("Submitted", steps);
        Assert.DoesNotContain("Being checked", steps);

        await Move(api, t.Number, "checking");
        await Unseen();
        Assert.Single(await MailsTo(yasser));

        await Move(api, t.Number, "submitted");
        var moves = (await app.SignedInAs(yasser).Page("/")).Select("ol.line");
        Assert.DoesNotContain(moves, m => m.Contains("Being checked", StringComparison.Ordinal));
        var reader = new CurrentUser(yasser.Id, yasser.Name, yasser.Email, yasser.Role, yasser.ClientId, "en");
        var sheet = await app.WithAs<DownloadPdf, Result<DownloadPdf.Sheet>>(
            reader,
            pdf => pdf.Handle(t.Number, CancellationToken.None)
        );
        Assert.Equal(["submitted", "submitted"], sheet.Value.Lines.Select(l => l.To));

        async Task Unseen()
        {
            Assert.Empty((await his.Get("/transactions")).Expect(200).Items);
            (await his.Get($"/transactions/{t.Number}")).Expect(404);
            (await app.AnonymousApi.Get($"/tracking?number={t.Number}&reference=UNSEEN-1")).Expect(404);
            (await app.AnonymousApi.Get($"/tracking/{t.TrackingToken}")).Expect(404);
            Assert.DoesNotContain("checking", (await app.SignedInAs(yasser).Page("/transactions?filters=open")).Text);
            Assert.DoesNotContain("checking", (await app.SignedInAs(yasser).Page("/")).Text);
        }
    }

    [Fact]
    public async Task A_draft_that_was_dropped_stays_unseen_and_a_submission_that_was_dropped_does_not()
    {
        var place = await app.Given.Client("Dropped Est.");
        var his = app.Api(await app.Given.User("Yasser", role: Role.Client, client: place));
        await app.Given.Transaction("Dropped as a draft", status: "cancelled", client: place);
        var known = await app.Given.Transaction("Dropped later", status: "submitted", client: place);
        await Move(app.Api(Sara), known.Number, "cancelled");

        Assert.Equal(
            [known.Number],
            (await his.Get("/transactions")).Expect(200).Items.Select(i => i.GetProperty("number").GetString())
        );
    }

    [Fact]
    public async Task Submitting_at_once_takes_the_move_that_means_it()
    {
        var (api, body) = (
            app.Api(Sara),
            new
            {
                title = "At once",
                client = "1",
                type = "payment",
                submit = true,
            }
        );
        Assert.Equal("submitted", (await api.Post("/transactions", body)).Expect(201)["status"]);
        try
        {
            await Mean("draft", "submitted", null);
            Assert.Equal("status-no-submission", (await api.Post("/transactions", body)).Expect(409).Problem);

            await Mean("draft", "checking", MoveMeaning.Submit);
            Assert.Equal("checking", (await api.Post("/transactions", body)).Expect(201)["status"]);
        }
        finally
        {
            await Mean("draft", "submitted", MoveMeaning.Submit);
            await Mean("draft", "checking", null);
        }
    }

    [Fact]
    public async Task The_workflow_tells_its_meanings()
    {
        var workflow = (await app.Api(Sara).Get("/workflow")).Expect(200).Json;

        var statuses = workflow.GetProperty("statuses").EnumerateArray().ToList();
        Assert.Equal(
            DefaultWorkflow
                .Statuses.Concat(GrownApp.Added)
                .Select(s => (s.Key, s.Meaning.ToString().ToLowerInvariant(), s.IsEnd))
                .Order(),
            statuses
                .Select(s =>
                    (
                        s.GetProperty("key").GetString()!,
                        s.GetProperty("meaning").GetString()!,
                        s.GetProperty("isEnd").GetBoolean()
                    )
                )
                .Order()
        );
        Assert.Equal(
            ["approve", "pay", "submit", "submit"],
            workflow
                .GetProperty("moves")
                .EnumerateArray()
                .Select(m => m.GetProperty("meaning").GetString())
                .OfType<string>()
                .Order()
        );
    }

    [Theory]
    [MemberData(nameof(Meanings))]
    public void An_end_of_the_workflow_is_an_end_of_a_transaction(Meaning meaning)
    {
        var isEnd = new WorkflowStatus { Meaning = meaning }.IsEnd;
        var row = new ListTransactions.Row(
            "TRX-2026-00001",
            Reference: null,
            "Late",
            "payment",
            Priority.Normal,
            "any",
            meaning,
            ClientEn: null,
            ClientAr: null,
            HolderKind.Us,
            HolderName: null,
            HolderSince: default,
            Assignee: null,
            app.Today.AddDays(-1),
            app.Now
        );

        Assert.Equal(isEnd, row.IsOver());
        Assert.Equal(!isEnd, row.IsOverdue(app.Today));
        Assert.False(row.IsOverdue(app.Today.AddDays(-1)));
        Assert.False((row with { DueDate = null }).IsOverdue(app.Today));
    }

    public static TheoryData<Meaning> Meanings => [.. Enum.GetValues<Meaning>()];

    private static async Task Move(ApiClient api, string number, string to) =>
        (await api.Post($"/transactions/{number}/status", new { status = to, note = "So be it" })).Expect(200);

    private async Task Mean(string from, string to, MoveMeaning? meaning)
    {
        await app.Db(db =>
            db.WorkflowMoves.Where(m => m.From == from && m.To == to)
                .ExecuteUpdateAsync(set => set.SetProperty(m => m.Meaning, meaning))
        );
        app.Services.GetRequiredService<CatalogueCache>().Forget();
    }

    private static (string Number, bool IsOverdue) Overdue(System.Text.Json.JsonElement transaction) =>
        (transaction.GetProperty("number").GetString()!, transaction.GetProperty("isOverdue").GetBoolean());

    private static async Task<string> OverdueTab(Visitor visitor) =>
        (await visitor.Page("/transactions")).TextOf(".tabs a[href='/transactions?overdue=true'] .n");

    private static async Task<long> Figure(ApiClient api, string key) =>
        (await api.Get("/dashboard"))
            .Expect(200)
            .Json.GetProperty("figures")
            .EnumerateArray()
            .Single(f => f.GetProperty("key").GetString() == key)
            .GetProperty("count")
            .GetInt64();

    private async Task<List<Outbox.OutboxMessage>> MailsTo(Person person)
    {
        await app.Follow();
        return await app.Db(db => db.Outbox.Where(m => m.RecipientId == person.Id).ToListAsync());
    }
}
