using MdcTts.Features.Accounts;
using MdcTts.Infrastructure.Jobs;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Outbox.Sending;

public sealed class SendMailsTests(MailApp app) : IClassFixture<MailApp>, IAsyncLifetime
{
    public Task InitializeAsync() => app.StartAnew();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Each_person_gets_a_mail_of_their_own_over_one_connection()
    {
        var before = app.Smtp.Connections;
        await app.Tell(Sara, "account.password_changed");
        await app.Tell(Omar, "account.password_changed");

        Assert.Equal(2, await app.Send());

        Assert.Equal([Sara.Email, Omar.Email], app.Smtp.Taken.Select(t => t.To.Single()));
        Assert.Equal(
            [Sara.Email, Omar.Email],
            app.Smtp.Taken.Select(t => ((MailboxAddress)t.Message.To.Single()).Address)
        );
        Assert.All(app.Smtp.Taken, t => Assert.Equal("mdc@tts.mdc.example", t.From));
        Assert.All(app.Smtp.Taken, t => Assert.Empty(t.Message.Cc.Concat(t.Message.Bcc)));
        Assert.Equal(1, app.Smtp.Connections - before);
        Assert.Equal(0, await app.Send());
    }

    [Fact]
    public async Task A_mail_says_what_it_is_in_its_headers()
    {
        var t = await app.Given.Transaction("Headers", status: "submitted");
        var optional = await app.Tell(Sara, "transaction.created", number: t.Number);
        var fixedOne = await app.Tell(Sara, "account.new_device", ["Firefox", "10.0.0.9", "2026-11-22T09:30:00Z"]);

        await app.Send();

        var (first, second) = (app.Smtp.Taken.First().Message, app.Smtp.Taken.Last().Message);
        Assert.Equal($"outbox-{optional.Id}@tts.mdc.example", first.MessageId);
        Assert.Equal($"outbox-{fixedOne.Id}@tts.mdc.example", second.MessageId);
        Assert.Equal(app.Now, first.Date.UtcDateTime);
        // All mails of a transaction are one conversation.
        Assert.Equal($"{t.Number.ToLowerInvariant()}@tts.mdc.example", first.References.Single());
        Assert.Equal(first.References.Single(), first.InReplyTo);
        Assert.Empty(second.References);
        Assert.Equal("auto-generated", first.Headers["Auto-Submitted"]);
        Assert.Equal($"<{MailApp.PublicUrl}/account/mails>", first.Headers[HeaderId.ListUnsubscribe]);
        Assert.Null(second.Headers[HeaderId.ListUnsubscribe]);
        Assert.Equal("MDC Design Consultancy", first.From.Single().Name);
    }

    [Fact]
    public async Task The_secret_reaches_the_person_and_is_gone_from_the_row()
    {
        var message = await app.Tell(Sara, "account.reset", token: "token-of-the-link");
        Assert.DoesNotContain("token-of-the-link", message.Secret);

        await app.Send();

        Assert.Contains(MailApp.PublicUrl + "/reset/token-of-the-link", app.Smtp.Taken.Single().Message.TextBody);
        Assert.Contains(
            "\"" + MailApp.PublicUrl + "/reset/token-of-the-link\"",
            app.Smtp.Taken.Single().Message.HtmlBody
        );
        var row = await app.Look(message);
        Assert.Equal((app.Now, null, null, null), (row.SentAt, row.Secret, row.Error, row.LeasedUntil));
    }

    [Fact]
    public async Task A_failure_is_tried_again_later_and_later_and_given_up_at_last()
    {
        app.Smtp.Refuse = _ => "451 4.3.0 come back later";
        var message = await app.Tell(Sara, "account.reset", token: "secret-token");
        var waits = new List<double>();

        for (var attempt = 1; attempt <= OutboxMessage.AttemptsMax; attempt++)
        {
            Assert.Equal(1, await app.Send());
            var row = await app.Look(message);
            Assert.Equal((attempt, null), (row.Attempts, row.SentAt));
            Assert.Equal("451 4.3.0 come back later", row.Error);
            Assert.NotNull(row.Secret);
            if (row.ParkedAt is not null)
                break;
            waits.Add((row.DueAt - app.Now).TotalMinutes);
            Assert.Equal(0, await app.Send());
            // The clock stays: whatever else runs by it would run for days.
            await app.Db(db =>
                db.Outbox.Where(m => m.Id == message.Id).ExecuteUpdateAsync(s => s.SetProperty(m => m.DueAt, app.Now))
            );
        }

        Assert.Equal([1, 5, 15, 60, 240, 720, 1440], waits);
        Assert.Equal(app.Now, (await app.Look(message)).ParkedAt);
        await app.Db(db =>
            db.Outbox.Where(m => m.Id == message.Id).ExecuteUpdateAsync(s => s.SetProperty(m => m.DueAt, app.Now))
        );
        Assert.Equal(0, await app.Send());
    }

    [Fact]
    public async Task A_message_keeps_its_id_over_attempts()
    {
        var message = await app.Tell(Sara, "account.password_changed");
        app.Smtp.RefuseData = "452 4.2.2 mailbox full";
        await app.Send();
        app.Smtp.RefuseData = null;
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        await app.Send();

        Assert.Equal($"outbox-{message.Id}@tts.mdc.example", app.Smtp.Taken.Single().Message.MessageId);
        Assert.Equal(2, (await app.Look(message)).Attempts);
    }

    [Fact]
    public async Task A_final_answer_parks_at_once_and_stops_nobody_else()
    {
        app.Smtp.Refuse = address => address == Sara.Email ? "550 5.1.1 no such user" : null;
        var refused = await app.Tell(Sara, "account.password_changed");
        await app.Tell(Omar, "account.password_changed");

        Assert.Equal(2, await app.Send());

        var row = await app.Look(refused);
        Assert.Equal((1, app.Now, "550 5.1.1 no such user"), (row.Attempts, row.ParkedAt, row.Error));
        Assert.Equal(Omar.Email, app.Smtp.Taken.Single().To.Single());
    }

    [Fact]
    [Trait("runs", "proof")]
    public async Task A_server_that_hangs_holds_up_a_mail_no_longer_than_its_deadline()
    {
        app.Smtp.Hangs = true;
        var message = await app.Tell(Sara, "account.password_changed");

        await app.Send();

        var row = await app.Look(message);
        Assert.Equal(("mails.error.timeout", null), (row.Error, row.SentAt));
        Assert.Equal(app.Now.AddMinutes(1), row.DueAt);
    }

    [Fact]
    public async Task Tls_is_used_when_it_is_offered()
    {
        app.Smtp.OffersTls = true;
        await app.Tell(Sara, "account.reset", token: "only-inside");
        await app.Send();

        Assert.True(app.Smtp.Taken.Single().Encrypted);
        Assert.DoesNotContain(
            app.Smtp.InTheClear,
            l => l.StartsWith("MAIL", StringComparison.Ordinal) || l.Contains("only-inside", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_refused()
    {
        (app.Smtp.OffersTls, app.TrustsOurs) = (true, false);
        try
        {
            var message = await app.Tell(Sara, "account.reset", token: "only-inside");
            await app.Send();

            Assert.Equal("mails.error.certificate", (await app.Look(message)).Error);
            Assert.Empty(app.Smtp.Taken);
            Assert.DoesNotContain(app.Smtp.InTheClear, l => l.StartsWith("MAIL", StringComparison.Ordinal));
        }
        finally
        {
            app.TrustsOurs = true;
        }
    }

    [Fact]
    public async Task Two_workers_send_each_message_once()
    {
        for (var i = 0; i < 30; i++)
            await app.Tell(i % 2 == 0 ? Sara : Omar, "account.password_changed");

        var counts = await Task.WhenAll(app.Send(), app.Send(), app.Send());

        Assert.Equal(30, counts.Sum());
        Assert.Equal(30, app.Smtp.Taken.Select(t => t.Message.MessageId).Distinct().Count());
        Assert.Equal(30, app.Smtp.Taken.Count);
        Assert.Equal(30, await app.Db(db => db.Outbox.CountAsync(m => m.SentAt != null && m.Attempts == 1)));
    }

    [Fact]
    public async Task What_a_killed_worker_had_is_sent_when_its_claim_has_run_out()
    {
        var message = await app.Tell(Sara, "account.reset", token: "kept");
        Assert.NotNull(await app.With<SendMails, Lease<OutboxMessage>?>(s => s.Claim(CancellationToken.None)));

        Assert.Equal(0, await app.Send());
        app.Clock.Advance(SendMails.LeaseLength);
        Assert.Equal(1, await app.Send());

        Assert.Contains("/reset/kept", app.Smtp.Taken.Single().Message.TextBody);
        Assert.Equal((2, 2), ((await app.Look(message)).Attempts, (await app.Look(message)).Lease));
    }

    [Fact]
    public async Task A_worker_that_wakes_too_late_writes_nothing()
    {
        var message = await app.Tell(Sara, "account.password_changed");
        // While it sends, its claim runs out and another worker takes the message.
        app.Smtp.BeforeAnswer = () =>
            app.Db(db =>
                db.Outbox.Where(m => m.Id == message.Id).ExecuteUpdateAsync(s => s.SetProperty(m => m.Lease, 7))
            );

        await app.Send();

        var row = await app.Look(message);
        Assert.Equal((7, null), (row.Lease, row.SentAt));
    }

    [Fact]
    public async Task Who_is_gone_or_wants_none_gets_none()
    {
        var t = await app.Given.Transaction("For those who are left", status: "submitted", reference: "RRM-LEFT");
        var (suspended, pending, erased, quiet, formerAdmin) = (
            await app.Given.User("Suspended", status: UserStatus.Suspended),
            await app.Given.User("Pending", status: UserStatus.Pending),
            await app.Given.User("Erased"),
            await app.Given.User("Quiet"),
            await app.Given.User("Former admin")
        );
        await app.Db(db =>
            db.Users.Where(u => u.Id == erased.Id).ExecuteUpdateAsync(s => s.SetProperty(u => u.ErasedAt, app.Now))
        );
        await app.Db(db =>
            db.Users.Where(u => u.Id == quiet.Id).ExecuteUpdateAsync(s => s.SetProperty(u => u.NoMails, true))
        );
        (Person Person, string Event, string Reason)[] none =
        [
            (suspended, "account.password_changed", "mails.dropped.suspended"),
            (erased, "account.password_changed", "mails.dropped.erased"),
            (pending, "transaction.assigned", "mails.dropped.not_active"),
            (quiet, "transaction.assigned", "mails.dropped.opted_out"),
            (formerAdmin, "audit.anchor", "mails.dropped.no_admin"),
            (Lina, "transaction.edited", "mails.dropped.out_of_reach"),
            (Khalid, "transaction.status_changed", "mails.dropped.out_of_reach"),
            (Huda, "transaction.commented", "mails.dropped.out_of_reach"),
        ];
        foreach (var (person, @event, _) in none)
            await app.Tell(
                person,
                @event,
                ["submitted", "Sara"],
                token: "t",
                number: @event.StartsWith("transaction", StringComparison.Ordinal) ? t.Number : null
            );
        await app.Tell(pending, "account.confirm", token: "still-mine");
        await app.Tell(quiet, "account.password_changed");

        await app.Send();

        Assert.Equal([pending.Email, quiet.Email], app.Smtp.Taken.Select(m => m.To.Single()));
        var rows = await app.Db(db => db.Outbox.OrderBy(m => m.Id).Take(none.Length).ToListAsync());
        Assert.Equal(none.Select(n => n.Reason), rows.Select(r => r.Error));
        Assert.All(rows, r => Assert.Equal((app.Now, null), (r.SentAt, r.Secret)));
    }

    [Theory]
    [InlineData("huda@rrm.example\r\nBcc: all@rrm.example")]
    [InlineData("huda@rrm.example\nX: y")]
    [InlineData("huda@rrm.example, all@rrm.example")]
    [InlineData("not an address")]
    public async Task An_address_with_line_ends_or_more_than_one_is_not_used(string address)
    {
        var message = await app.Tell(Huda, "account.password_changed", address: address);
        await app.Send();

        Assert.Empty(app.Smtp.Taken);
        Assert.Equal("mails.dropped.no_address", (await app.Look(message)).Error);
    }

    [Fact]
    public async Task The_old_address_is_told_when_it_is_said()
    {
        await app.Tell(Huda, "account.password_changed", address: "before@rrm.example");
        await app.Send();
        Assert.Equal("before@rrm.example", app.Smtp.Taken.Single().To.Single());
    }

    [Fact]
    public async Task A_message_that_brings_the_process_down_is_given_up()
    {
        var message = await app.Tell(Sara, "account.password_changed");
        await app.Db(db =>
            db.Outbox.Where(m => m.Id == message.Id)
                .ExecuteUpdateAsync(s =>
                    s.SetProperty(m => m.Attempts, OutboxMessage.AttemptsMax).SetProperty(m => m.LeasedUntil, app.Now)
                )
        );

        await app.Send();

        Assert.Empty(app.Smtp.Taken);
        Assert.NotNull((await app.Look(message)).ParkedAt);
    }

    [Fact]
    public async Task All_that_were_given_up_are_sent_again_at_once()
    {
        var messages = new[]
        {
            await app.Tell(Sara, "account.password_changed"),
            await app.Tell(Omar, "account.password_changed"),
        };
        await app.Db(db =>
            db.Outbox.ExecuteUpdateAsync(s =>
                s.SetProperty(m => m.Attempts, OutboxMessage.AttemptsMax)
                    .SetProperty(m => m.ParkedAt, app.Now)
                    .SetProperty(m => m.Error, "550 5.4.5 limit")
            )
        );
        var admin = app.SignedInAs(Nasser);
        app.Clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Contains("2 mail(s) given up within a day", (await app.Anonymous.Page("/health")).Text);
        Assert.Contains("Send all again", (await admin.Page("/mails")).Expect(200).Text);

        (await app.SignedInAs(Sara).Submit("/mails/resend")).Expect(403);
        (await admin.Submit("/mails/resend")).Expect(303);
        Assert.Contains("2 emails will be sent again.", (await admin.Page("/mails")).Text);
        Assert.Equal(2, await app.Send());

        Assert.Equal(2, app.Smtp.Taken.Count);
        foreach (var message in messages)
            Assert.NotNull((await app.Look(message)).SentAt);
        Assert.DoesNotContain("Send all again", (await admin.Page("/mails")).Text);
    }

    [Fact]
    public async Task A_link_that_cannot_be_read_any_more_parks_the_message()
    {
        var message = await app.Db(async db =>
        {
            var added = OutboxMessage.For(Sara.Id, "account.reset", app.Now, secret: "made under another key");
            db.Outbox.Add(added);
            await db.SaveChangesAsync();
            return added;
        });

        await app.Send();

        Assert.Equal(
            (true, "mails.error.secret"),
            ((await app.Look(message)).ParkedAt is not null, (await app.Look(message)).Error)
        );
    }

    [Fact]
    public async Task Old_messages_are_forgotten()
    {
        var (sent, parked) = (
            await app.Tell(Sara, "account.password_changed"),
            await app.Tell(Omar, "account.password_changed")
        );
        app.Smtp.Refuse = address => address == Omar.Email ? "550 no" : null;
        await app.Send();

        Task<int> Purge() => app.With<PurgeMails, int>(mails => mails.Handle(CancellationToken.None));
        Task<int> Age(int days) =>
            app.Db(db =>
                db.Outbox.ExecuteUpdateAsync(s =>
                    s.SetProperty(m => m.CreatedAt, app.Now.AddDays(-days))
                        .SetProperty(m => m.SentAt, m => m.SentAt == null ? null : app.Now.AddDays(-days))
                )
            );
        await Age(89);
        Assert.Equal(0, await Purge());
        await Age(91);
        Assert.Equal(1, await Purge());
        Assert.Equal(
            [parked.Id],
            await app.Db(db =>
                db.Outbox.Where(m => m.Id == sent.Id || m.Id == parked.Id).Select(m => m.Id).ToListAsync()
            )
        );
    }
}

public sealed class WorkingApp : MailApp
{
    protected override IEnumerable<(string Name, string Value)> Settings =>
        [.. base.Settings, ("Outbox:Enabled", "true")];
}

public sealed class OutboxWorkerTests(WorkingApp app) : IClassFixture<WorkingApp>
{
    [Fact]
    public async Task What_is_due_is_sent_without_being_asked_for()
    {
        var message = await app.Tell(Sara, "account.password_changed");
        await Wait.Until(async () => (await app.Look(message)).SentAt is not null);

        Assert.Equal(Sara.Email, app.Smtp.Taken.Single().To.Single());
        Assert.Empty(app.Errors);
    }
}
