using System.Text.Json;
using MdcTts.Features.Accounts;
using MdcTts.Features.Outbox;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Security;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.News;

/// <summary>
/// Who is told of what (domain.md's table): outbox rows, one a person, for the caller to save in the transaction of the event. Nobody is told of their own doing.
/// </summary>
public static class TransactionNews
{
    public const string Created = "transaction.created";
    public const string StatusChanged = "transaction.status_changed";
    public const string Edited = "transaction.edited";
    public const string Assigned = "transaction.assigned";
    public const string Commented = "transaction.commented";
    public const string Mentioned = "transaction.mentioned";
    public const string DueSoon = "transaction.due_soon";
    public const string Overdue = "transaction.overdue";

    /// <summary>The active people of a client.</summary>
    public static Task<List<int>> PeopleOf(int clientId, AppDb db, CancellationToken stop) =>
        db
            .Users.Where(u => u.ClientId == clientId && u.Role == Role.Client && u.Status == UserStatus.Active)
            .Select(u => u.Id)
            .ToListAsync(stop);

    /// <summary>Adds a message for each of these people, once each, but for the one who did it.</summary>
    public static void Tell(
        this AppDb db,
        string @event,
        Transaction transaction,
        IEnumerable<int?> people,
        int by,
        DateTime at,
        params string?[] args
    )
    {
        foreach (var person in people.OfType<int>().Distinct().Where(p => p != by))
            db.Outbox.Add(
                new OutboxMessage
                {
                    RecipientId = person,
                    Event = @event,
                    TransactionNumber = transaction.Number,
                    Args = JsonSerializer.Serialize(args),
                    CreatedAt = at,
                    DueAt = at,
                }
            );
    }
}
