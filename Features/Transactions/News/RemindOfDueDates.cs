using System.Globalization;
using System.Text.Json;
using Coravel.Invocable;
using MdcTts.Features.Accounts;
using MdcTts.Features.Outbox;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Saudi;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.News;

/// <summary>
/// Every morning: who is responsible hears what is due in three days and what is overdue; admins hear what is overdue.
/// Once a day, however often this runs.
/// </summary>
public sealed class RemindOfDueDates(AppDb db, TimeProvider clock)
{
    /// <summary>At 07:00 daily, in Riyadh.</summary>
    public const string Schedule = "0 7 * * *";

    private const int DaysAhead = 3;

    private sealed record Due(string Number, DateOnly? DueDate, int? AssigneeId);

    public async Task<int> Handle(CancellationToken stop)
    {
        var (now, today) = (clock.Instant(), clock.Today());
        // One after the other, in any number of processes: who comes second finds the rows of the first.
        await using var write = await db.BeginWrite(stop);
        await db.TakeTurn(Turn.Reminders, stop);

        var since = Clock.StartOf(today);
        var told = (
            await db
                .Outbox.Where(m =>
                    m.CreatedAt >= since
                    && (m.Event == TransactionEvents.DueSoon || m.Event == TransactionEvents.Overdue)
                )
                .Select(m => new { m.TransactionNumber, m.RecipientId })
                .ToListAsync(stop)
        )
            .Select(m => (m.TransactionNumber, m.RecipientId))
            .ToHashSet();
        var admins = await Admins.Active(db, stop);
        var soon = today.AddDays(DaysAhead);
        foreach (var one in await Read(db.Transactions.NotOver().Where(t => t.DueDate == soon), stop))
            Tell(TransactionEvents.DueSoon, one, []);
        foreach (var one in await Read(db.Transactions.Overdue(today), stop))
            Tell(TransactionEvents.Overdue, one, admins);

        var added = await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return added;

        void Tell(string @event, Due one, IEnumerable<int> others)
        {
            foreach (
                var person in others
                    .Concat(one.AssigneeId is { } id ? [id] : [])
                    .Distinct()
                    .Where(p => told.Add((one.Number, p)))
            )
                db.Outbox.Add(
                    new OutboxMessage
                    {
                        RecipientId = person,
                        Event = @event,
                        TransactionNumber = one.Number,
                        Args = Args(one),
                        CreatedAt = now,
                        DueAt = now,
                    }
                );
        }
    }

    private Task<List<Due>> Read(IQueryable<Transaction> transactions, CancellationToken stop) =>
        transactions
            .Where(t => t.DeletedAt == null)
            .OrderBy(t => t.DueDate)
            .ThenBy(t => t.Id)
            .Select(t => new Due(
                t.Number,
                t.DueDate,
                db.Users.Staff().Any(u => u.Id == t.AssigneeId) ? t.AssigneeId : null
            ))
            .ToListAsync(stop);

    private static string Args(Due one) =>
        JsonSerializer.Serialize<string?[]>([one.DueDate?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)]);
}

/// <summary>Runs the rule by the clock.</summary>
public sealed class RemindOfDueDatesJob(RemindOfDueDates remind) : IInvocable, ICancellableInvocable
{
    public CancellationToken CancellationToken { get; set; }

    public Task Invoke() => remind.Handle(CancellationToken);
}
