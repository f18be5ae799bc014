using MdcTts.Features.Accounts;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.News;

public sealed class RemindOfDueDatesTests(App app) : IClassFixture<App>
{
    [Fact]
    public async Task Each_is_told_once_a_day_however_often_it_runs()
    {
        var soon = await app.Given.Transaction("Soon", status: "in_progress", due: app.Today.AddDays(3));
        var late = await app.Given.Transaction("Late", status: "submitted", due: app.Today.AddDays(-1), assignee: Omar);
        var mine = await app.Given.Transaction(
            "The admin's own",
            status: "submitted",
            due: app.Today.AddDays(-5),
            assignee: Nasser
        );
        var nobodys = await app.Given.Transaction(
            "Nobody's",
            status: "submitted",
            due: app.Today.AddDays(-2),
            unassigned: true
        );
        var gone = await app.Given.User("Gone", status: UserStatus.Suspended);
        var suspended = await app.Given.Transaction(
            "Of somebody who is gone",
            status: "submitted",
            due: app.Today.AddDays(3),
            assignee: gone
        );
        await app.Given.Transaction("Not yet", status: "submitted", due: app.Today.AddDays(4));
        await app.Given.Transaction("Today", status: "submitted", due: app.Today);
        await app.Given.Transaction("Done", status: "completed", due: app.Today.AddDays(-3));
        await app.Given.Transaction("Cancelled", status: "cancelled", due: app.Today.AddDays(-3));
        await app.Given.Transaction("Deleted", status: "submitted", due: app.Today.AddDays(-3), deleted: true);

        var added = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Run()));
        Assert.Equal(5, added.Sum());
        Assert.Equal(0, await Run());

        var rows = (await app.Db(db => db.Outbox.ToListAsync()))
            .Select(m => (m.Event, m.TransactionNumber!, m.RecipientId))
            .Order()
            .ToList();
        Assert.Equal(
            new[]
            {
                (TransactionEvents.DueSoon, soon.Number, Sara.Id),
                (TransactionEvents.Overdue, late.Number, Nasser.Id),
                (TransactionEvents.Overdue, late.Number, Omar.Id),
                (TransactionEvents.Overdue, mine.Number, Nasser.Id),
                (TransactionEvents.Overdue, nobodys.Number, Nasser.Id),
            }.Order(),
            rows
        );
        Assert.DoesNotContain(rows, r => r.Item2 == suspended.Number);

        // The next day what is overdue is said again.
        await app.Db(db => db.Outbox.ExecuteUpdateAsync(s => s.SetProperty(m => m.CreatedAt, app.Now.AddDays(-1))));
        Assert.Equal(5, await Run());
    }

    private Task<int> Run() => app.With<RemindOfDueDates, int>(r => r.Handle(CancellationToken.None));
}
