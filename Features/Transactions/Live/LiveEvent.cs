using MdcTts.Features.Audit;
using MdcTts.Infrastructure.Audit;

namespace MdcTts.Features.Transactions.Live;

/// <summary>An entry of the audit log, as far as the live pages care.</summary>
public sealed record LiveEvent(long Id, string Action, string Type, string Key)
{
    /// <summary>What brings a transaction into a list where it was not before.</summary>
    private static readonly string[] Births =
    [
        "transaction.created",
        "transaction.imported",
        "transaction.duplicated",
        "transaction.restored",
    ];

    /// <summary>Something of a transaction that its page or its line shows is different now.</summary>
    public bool IsChange =>
        Type == "transaction" && Action is not ("transaction.downloaded" or "transactions.exported");

    /// <summary>Somebody registered, or an admin decided.</summary>
    public bool IsAboutPeople => Type == "user";

    public bool IsBirth => Births.Contains(Action);

    public bool IsHandover => Action == "transaction.assigned";

    /// <summary>The log after an id, in its order.</summary>
    public static IQueryable<LiveEvent> After(IQueryable<AuditEntry> log, long id) =>
        log.Where(e => e.Id > id)
            .OrderBy(e => e.Id)
            .Select(e => new LiveEvent(e.Id, e.Action, e.EntityType, e.EntityKey));
}
