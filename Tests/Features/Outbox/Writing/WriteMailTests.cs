using System.Text.RegularExpressions;
using AngleSharp.Html.Parser;
using MdcTts.Features.Transactions.News;
using MdcTts.Infrastructure.Ui;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using MimeKit;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Outbox.Writing;

public sealed partial class WriteMailTests(MailApp app) : IClassFixture<MailApp>, IAsyncLifetime
{
    /// <summary>Each event with arguments as its owner gives them.</summary>
    public static TheoryData<string, string?[], string?> AccountEvents =>
        new()
        {
            { "account.confirm", [], "/register/confirm/the-token" },
            { "account.invited", ["Nasser Alqahtani"], "/invitation/the-token" },
            { "account.reset", [], "/reset/the-token" },
            { "account.waiting", ["Maha Saud", null], "/users?status=pending" },
            { "account.approved", [], "/signin" },
            { "account.rejected", ["We do not know you <b>yet</b>."], null },
            { "account.password_changed", [], "/account" },
            { "account.new_device", ["Firefox 130", "10.0.0.9", "2026-11-21T22:15:00Z"], "/account/sessions" },
            { "account.second_factor_changed", ["on"], "/account/security" },
            { "account.second_factor_changed", ["something new"], "/account/security" },
            { "account.email_taken", [], "/signin" },
            { "audit.anchor", ["1204", "1204", "9f3a", "2026-11-22"], null },
        };

    public Task InitializeAsync() => app.StartAnew();

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [MemberData(nameof(AccountEvents))]
    public async Task Account_mails_speak_both_languages_and_lead_where_they_say(
        string @event,
        string?[] args,
        string? path
    )
    {
        foreach (var language in Words.Languages)
        {
            await Speaks(Nasser, language);
            var mail = await Write(Nasser, @event, args, "the-token");

            Check(mail, language);
            var links = new HtmlParser()
                .ParseDocument(mail.HtmlBody!)
                .QuerySelectorAll("a[href]")
                .Select(a => a.GetAttribute("href")!)
                .ToList();
            if (path is null)
                Assert.All(links, l => Assert.Equal(MailApp.PublicUrl, l));
            else
                Assert.Contains(MailApp.PublicUrl + path, links);
            if (path is not null)
                Assert.Contains(MailApp.PublicUrl + path, mail.TextBody);
            foreach (
                var arg in args.Skip(@event == "account.second_factor_changed" ? 1 : 0)
                    .Where(a => a is not null && !a.EndsWith('Z'))
            )
            {
                Assert.Contains(arg!, mail.TextBody);
                Assert.Contains(arg!, new HtmlParser().ParseDocument(mail.HtmlBody!).Body!.TextContent);
            }
        }
    }

    [Theory]
    [InlineData("en", "Hello \u2068Nasser Alqahtani\u2069")]
    [InlineData("ar", "السلام عليكم \u2068ناصر القحطاني\u2069")]
    public async Task A_mail_greets_by_the_name_in_its_language(string language, string greeting)
    {
        await Speaks(Nasser, language);
        await app.Db(db =>
            db.Users.Where(u => u.Id == Nasser.Id)
                .ExecuteUpdateAsync(s => s.SetProperty(u => u.NameAr, "ناصر القحطاني"))
        );

        var mail = await Write(Nasser, "account.approved", [], "the-token");

        Assert.StartsWith(greeting, mail.TextBody, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("en", "Firefox, Linux")]
    [InlineData("ar", "Firefox، Linux")]
    public async Task A_new_device_is_named_as_people_name_it(string language, string name)
    {
        await Speaks(Nasser, language);

        var mail = await Write(
            Nasser,
            "account.new_device",
            ["Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "10.0.0.9", null],
            "the-token"
        );

        Assert.Contains(name, mail.TextBody);
        Assert.DoesNotContain("Gecko", mail.TextBody);
    }

    [Theory]
    [InlineData("account.confirm", "24")]
    [InlineData("account.invited", "7")]
    public async Task Links_say_how_long_they_work(string @event, string number)
    {
        foreach (var language in Words.Languages)
        {
            await Speaks(Nasser, language);
            Assert.Contains(number, (await Write(Nasser, @event, ["Sara"], "t")).TextBody);
        }
    }

    [Fact]
    public async Task One_act_on_many_is_one_mail_without_what_was_undone()
    {
        await Speaks(Omar, "en");
        var all = await app.Given.Transactions(3, i => $"Row {i}", status: "submitted", assignee: Omar);
        var api = app.Api(Nasser);
        async Task<string> Assign(IEnumerable<string> numbers) => (
                await api.Post(
                    "/transactions/bulk",
                    new
                    {
                        numbers,
                        action = "assign",
                        assignee = $"{Lina.Id}",
                    }
                )
            ).Expect(200).Json.GetProperty("batch").GetString()!;
        await Assign(all.Take(2).Select(t => t.Number));
        var undone = await Assign([all[2].Number]);
        (await api.Post("/transactions/bulk/undo", new { batch = undone })).Expect(200);
        app.Clock.Advance(TimeSpan.FromSeconds(30));
        await app.Send();

        var mail = Assert
            .Single(app.Smtp.Taken, m => m.To.Single() == Omar.Email && m.Message.Subject == "2 transactions changed")
            .Message;
        Check(mail, "en");
        Assert.Contains("\u2068Nasser Alqahtani\u2069 changed these in one step:", mail.TextBody);
        Assert.Contains("Row 1", mail.TextBody);
        Assert.Contains("Lina Alghamdi", mail.TextBody);
        Assert.DoesNotContain(
            app.Smtp.Taken,
            m => m.Message.TextBody!.Contains(all[2].Number, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task What_people_do_to_a_transaction_is_told_with_its_reference_first()
    {
        await Speaks(Sara, "en");
        var t = await app.Given.Transaction(
            "Facade <script>alert(1)</script>\nsecond line",
            status: "draft",
            reference: "ص-4471/12",
            by: Sara,
            assignee: Sara,
            due: app.Today.AddDays(9)
        );
        var admin = app.SignedInAs(Nasser);
        (
            await admin.Submit(
                $"/transactions/{t.Number}/status",
                new
                {
                    to = "submitted",
                    note = "Only for <us>",
                    noteVisibility = "internal",
                }
            )
        ).Expect(303);
        (await admin.Submit($"/transactions/{t.Number}/comments", new { text = "Look at this\n@Sara please" })).Expect(
            303
        );
        (
            await admin.Submit(
                $"/transactions/{t.Number}/assignee",
                new { assignee = $"{Omar.Id}", reason = "On leave" }
            )
        ).Expect(303);
        await app.Send();

        var mails = app.Smtp.Taken.Where(m => m.To.Single() == Sara.Email).Select(m => m.Message).ToList();
        Assert.Equal(
            new[] { "Status: Submitted", "You were mentioned", "Assignment changed" }.Select(s =>
                $"ص-4471/12 · {t.Number} · {s}"
            ),
            mails.Select(m => m.Subject)
        );
        Assert.All(mails, m => Check(m, "en"));
        Assert.Contains(
            "\u2068Nasser Alqahtani\u2069 moved the transaction to “\u2068Submitted\u2069”.",
            mails[0].TextBody
        );
        Assert.Contains("> Only for <us>", mails[0].TextBody);
        Assert.Contains("Only for &lt;us&gt;", mails[0].HtmlBody);
        Assert.DoesNotContain("<script>", mails[0].HtmlBody, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("1 Dec 2026", mails[0].TextBody);
        Assert.Contains("Jumada II 1448", mails[0].TextBody);
        Assert.Contains("You are no longer responsible for it.", mails[2].TextBody);
        var facts = new HtmlParser()
            .ParseDocument(mails[0].HtmlBody!)
            .QuerySelectorAll("table table table td:first-child")
            .Select(c => c.TextContent);
        Assert.Equal(["Reference number", "Transaction number", "Title", "Client", "Status", "Due"], facts);
    }

    [Fact]
    public async Task An_edit_is_told_old_and_new()
    {
        await Speaks(Sara, "en");
        var t = await app.Given.Transaction("Before", status: "submitted", by: Sara);
        var admin = app.SignedInAs(Nasser);
        (
            await admin.Submit(
                await admin.Page($"/transactions/{t.Number}/edit"),
                "main form[method=post]",
                new
                {
                    title = "Afterwards",
                    priority = "urgent",
                    client = Hospital.Id,
                }
            )
        ).Expect(303);
        await app.Send();

        var mail = app.Smtp.Taken.Single(m => m.To.Single() == Sara.Email).Message;
        Assert.Contains("Title: \u2068Before\u2069 → \u2068Afterwards\u2069", mail.TextBody);
        Assert.Contains("Priority: \u2068Normal\u2069 → \u2068Urgent\u2069", mail.TextBody);
        Assert.Contains($"Client: \u2068{Municipality.NameEn}\u2069 → \u2068{Hospital.NameEn}\u2069", mail.TextBody);
    }

    [Fact]
    public async Task A_client_reads_the_public_part_only()
    {
        await Speaks(Huda, "ar");
        var t = await app.Given.Transaction(
            "واجهات البرج",
            status: "submitted",
            reference: "RRM-PUBLIC",
            notes: "secret notes",
            due: app.Today.AddDays(2)
        );
        var admin = app.SignedInAs(Nasser);
        (
            await admin.Submit(
                $"/transactions/{t.Number}/status",
                new
                {
                    to = "under_review",
                    note = "وصلت كاملة",
                    noteVisibility = "public",
                }
            )
        ).Expect(303);
        (
            await admin.Submit(
                $"/transactions/{t.Number}/status",
                new
                {
                    to = "submitted",
                    note = "internal words",
                    noteVisibility = "internal",
                }
            )
        ).Expect(303);
        (await admin.Submit($"/transactions/{t.Number}/comments", new { text = "a comment of staff" })).Expect(303);
        await app.Send();

        var mails = app.Smtp.Taken.Where(m => m.To.Single() == Huda.Email).Select(m => m.Message).ToList();
        Assert.Equal(2, mails.Count);
        Assert.All(mails, m => Check(m, "ar"));
        Assert.Contains("وصلت كاملة", mails[0].TextBody);
        Assert.StartsWith($"\u2068RRM-PUBLIC\u2069 · \u2068{t.Number}\u2069 · ", mails[0].Subject);
        foreach (var mail in mails)
        foreach (
            var hidden in new[] { "internal words", "a comment", "secret notes", "Nasser", "Sara", Municipality.NameEn }
        )
            Assert.DoesNotContain(hidden, mail.TextBody + mail.HtmlBody);
    }

    [Theory]
    [InlineData("en")]
    [InlineData("ar")]
    public async Task The_whole_mail(string language)
    {
        await Speaks(Omar, language);
        var t = await app.Given.Transaction(
            "اعتماد واجهات برج العليا",
            status: "draft",
            reference: "ص-4471/12",
            by: Sara,
            assignee: Sara,
            due: app.Today.AddDays(9),
            client: Municipality
        );
        (
            await app.SignedInAs(Nasser)
                .Submit(
                    $"/transactions/{t.Number}/assignee",
                    new { assignee = $"{Omar.Id}", reason = "في إجازة until 1/12" }
                )
        ).Expect(303);
        await app.Send();

        var html = app.Smtp.Taken.Single(m => m.To.Single() == Omar.Email).Message.HtmlBody!;
        Snapshot.Verify(html.Replace(t.Number, "TRX-2026-NNNNN", StringComparison.Ordinal), language);
    }

    [Fact]
    public void Every_event_has_its_texts_in_both_languages()
    {
        var named = Repository
            .Sources(".cs")
            .Where(s => s.Path.StartsWith("Features/", StringComparison.Ordinal))
            .SelectMany(s => Event().Matches(s.Text).Select(m => m.Groups["event"].Value))
            .Concat(
                typeof(TransactionNews)
                    .GetFields()
                    .Where(f => f.IsLiteral)
                    .Select(f => (string)f.GetRawConstantValue()!)
            )
            .Distinct()
            .ToList();
        Assert.True(named.Count >= 8);

        Support.Check.None(
            from @event in named
            from language in Words.Languages
            from part in new[] { "name", "subject", "text" }
            where @event != "transaction.assigned" || part != "text"
            where !Words.For(language).Has($"mail.{@event}.{part}")
            select $"{language}: mail.{@event}.{part}"
        );
    }

    private async Task<MimeMessage> Write(Person person, string @event, string?[] args, string token)
    {
        app.Smtp.Taken.Clear();
        var message = await app.Tell(person, @event, args, token);
        await app.Send();
        return app.Smtp.Taken.SingleOrDefault()?.Message
            ?? throw new Xunit.Sdk.XunitException($"{@event}: {(await app.Look(message)).Error}");
    }

    private Task<int> Speaks(Person person, string language) =>
        app.Db(db =>
            db.Users.Where(u => u.Id == person.Id).ExecuteUpdateAsync(s => s.SetProperty(u => u.Language, language))
        );

    // What holds for every mail.
    private static void Check(MimeMessage mail, string language)
    {
        Assert.IsType<MultipartAlternative>(mail.Body);
        var page = new HtmlParser().ParseDocument(mail.HtmlBody!);
        Assert.Equal(
            (language, language == "ar" ? "rtl" : "ltr"),
            (page.DocumentElement.GetAttribute("lang"), page.DocumentElement.GetAttribute("dir"))
        );
        Assert.Equal("MDC", page.QuerySelector(".logo")!.TextContent);
        foreach (var text in new[] { mail.Subject!, mail.TextBody!, page.Body!.TextContent })
        {
            Assert.DoesNotMatch(@"\[[a-z_]+\.[a-z_.]+\]|\{\d\}", text);
            if (language == "ar")
                Assert.Matches("[\u0621-\u064A]{3}", text);
            Assert.Equal(text.Count(c => c == '\u2068'), text.Count(c => c == '\u2069'));
        }

        Assert.Empty(page.QuerySelectorAll("script, link, img, form"));
        Assert.All(page.QuerySelectorAll("a[href]"), a => Assert.StartsWith(MailApp.PublicUrl, a.GetAttribute("href")));
    }

    [GeneratedRegex(@"OutboxMessage\.For\([^;]*?""(?<event>[a-z]+\.[a-z_]+)""", RegexOptions.Singleline, 1000)]
    private static partial Regex Event();
}
