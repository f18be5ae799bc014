using Coravel.Invocable;
using MdcTts.Features.Accounts;
using MdcTts.Features.Catalogue;
using MdcTts.Features.Outbox;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Saudi;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.News;

/// <summary>
/// Every working morning one mail to whoever is responsible for what is overdue or due within three days, and to admins
/// when anything is overdue. Once a day, however often this runs. What the mail lists is read when it is sent.
/// </summary>
public sealed class RemindOfDueDates(AppDb db, CatalogueCache catalogues, TimeProvider clock)
{
    /// <summary>At 07:00 daily, in Riyadh.</summary>
    public const string Schedule = "0 7 * * *";

    public async Task<int> Handle(CancellationToken stop)
    {
        var (now, today) = (clock.Instant(), clock.Today());
        if (!(await catalogues.Get(stop)).IsWorkingDay(today))
            return 0;
        // One after the other, in any number of processes: who comes second finds the rows of the first.
        await using var write = await db.BeginWrite(stop);
        await db.TakeTurn(Turn.Reminders, stop);

        var since = Clock.StartOf(today);
        var told = await db
            .Outbox.Where(m => m.CreatedAt >= since && m.Event == TransactionEvents.Due)
            .Select(m => m.RecipientId)
            .ToListAsync(stop);
        var due = DueMails.Within(db.Transactions, today);
        var responsible = await db
            .Users.Staff()
            .Where(u => due.Any(t => t.AssigneeId == u.Id))
            .Select(u => u.Id)
            .ToListAsync(stop);
        var isOverdue = await due.AnyAsync(t => t.DueDate < today, stop);
        var admins = isOverdue ? await Admins.Active(db, stop) : [];
        foreach (var person in responsible.Union(admins).Except(told))
            db.Outbox.Add(OutboxMessage.For(person, TransactionEvents.Due, now));

        var added = await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return added;
    }
}

/// <summary>Runs the rule by the clock.</summary>
public sealed class RemindOfDueDatesJob(RemindOfDueDates remind) : IInvocable, ICancellableInvocable
{
    public CancellationToken CancellationToken { get; set; }

    public Task Invoke() => remind.Handle(CancellationToken);
}
