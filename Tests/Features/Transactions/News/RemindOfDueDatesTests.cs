using MdcTts.Features.Accounts;
using MdcTts.Features.Outbox;
using MdcTts.Features.Outbox.Writing;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.News;

public sealed class RemindOfDueDatesTests(App app) : IClassFixture<App>
{
    [Fact]
    public async Task One_mail_a_person_and_working_day_lists_all_that_is_due()
    {
        await app.Given.Transaction("Soon", status: "in_progress", due: app.Today.AddDays(3));
        await app.Given.Transaction("Today", status: "submitted", due: app.Today);
        await app.Given.Transaction("Late", status: "submitted", due: app.Today.AddDays(-1), assignee: Omar);
        await app.Given.Transaction("Later", status: "draft", due: app.Today.AddDays(-9), assignee: Omar);
        await app.Given.Transaction("Nobody's", status: "submitted", due: app.Today.AddDays(-2), unassigned: true);
        var gone = await app.Given.User("Gone", status: UserStatus.Suspended);
        await app.Given.Transaction("Suspended", status: "submitted", due: app.Today.AddDays(3), assignee: gone);
        await app.Given.Transaction("Not yet", status: "submitted", due: app.Today.AddDays(4), assignee: Lina);
        await app.Given.Transaction("Done", status: "completed", due: app.Today.AddDays(-3), assignee: Lina);
        await app.Given.Transaction("Cancelled", status: "cancelled", due: app.Today.AddDays(-3), assignee: Lina);
        await app.Given.Transaction("Gone", due: app.Today.AddDays(-3), deleted: true, assignee: Lina);

        var added = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Run()));
        Assert.Equal(3, added.Sum());
        Assert.Equal(0, await Run());
        Assert.Equal([Nasser.Id, Sara.Id, Omar.Id], await Told());

        Assert.Equal(["Due today: Today", "Due soon: Soon"], await Listed(Sara));
        Assert.Equal(["Overdue: Later", "Overdue: Late"], await Listed(Omar));
        Assert.Equal(["Overdue: Later", "Overdue: Nobody's", "Overdue: Late"], await Listed(Nasser));

        // What is done before the mail is sent is not in it.
        await app.Db(db =>
            db.Transactions.Where(t => t.AssigneeId == Omar.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(t => t.DueDate, app.Today.AddDays(30)))
        );
        Assert.Null((await Write(Omar)).Message);
        await app.Db(db =>
            db.Transactions.Where(t => t.AssigneeId == Omar.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(t => t.DueDate, app.Today.AddDays(-1)))
        );

        // The next morning they are told again, and Lina for the first time; on a Friday nobody is.
        app.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(4, await Run());
        app.Clock.Advance(TimeSpan.FromDays(4));
        Assert.Equal(DayOfWeek.Friday, app.Today.DayOfWeek);
        Assert.Equal(0, await Run());
    }

    private Task<int> Run() => app.With<RemindOfDueDates, int>(r => r.Handle(CancellationToken.None));

    private Task<List<int>> Told() =>
        app.Db(db =>
            db.Outbox.Where(m => m.Event == TransactionEvents.Due)
                .OrderBy(m => m.RecipientId)
                .Select(m => m.RecipientId)
                .ToListAsync()
        );

    private async Task<Mail> Write(Person person)
    {
        var message = await app.Db(db =>
            db.Outbox.FirstAsync(m => m.Event == TransactionEvents.Due && m.RecipientId == person.Id)
        );
        return await app.With<WriteMail, Mail>(w => w.Handle(message, CancellationToken.None));
    }

    private async Task<IEnumerable<string>> Listed(Person person)
    {
        var mail = (await Write(person)).Message!;
        Assert.Null(mail.InReplyTo);
        return mail.TextBody!.Split('\n')
            .Where(line =>
                line.StartsWith("Overdue:", StringComparison.Ordinal)
                || line.StartsWith("Due ", StringComparison.Ordinal)
            )
            .Select(line => line.Split(':')[0] + ": " + line.Split(" · ")[2].Trim('\u2068', '\u2069'));
    }
}
