using System.Globalization;
using System.Text.Json;
using MdcTts.Features.Accounts;
using MdcTts.Features.Clients;
using MdcTts.Features.Projects;
using MdcTts.Features.Transactions;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Audit.Listing;

/// <summary>An entry as it is shown.</summary>
/// <param name="Sequence">Its place in the chain; 0 while it waits for its seal.</param>
public sealed record AuditRow(
    long Id,
    DateTime At,
    int? ActorId,
    string? Actor,
    string Action,
    string EntityType,
    string EntityKey,
    string? Data,
    string? Personal,
    bool IsCommitted,
    Guid? SessionId,
    string? RequestId,
    long Sequence
)
{
    private Origin? _origin;

    public string? Address => OriginOf().Address;
    public string? Agent => OriginOf().Agent;

    /// <summary>Other personal data: names, phones.</summary>
    public JsonElement? About => OriginOf().About;

    /// <summary>An erasure removed the personal part.</summary>
    public bool IsErased => IsCommitted && Personal is null;

    public string ActorName =>
        Actor
        ?? (
            ActorId is { } id
                ? "#" + id.ToString(CultureInfo.InvariantCulture)
                : Words.T[Address is null ? "audit.system" : "audit.visitor"]
        );

    /// <summary>The page of what the entry is about; null when there is none any more.</summary>
    public string? Href(IReadOnlySet<string> transactions) =>
        EntityType switch
        {
            "transaction" => transactions.Contains(EntityKey) ? TransactionRoutes.One(EntityKey) : null,
            "user" => Number is { } id ? AccountRoutes.User(id) : null,
            "client" => Number is { } id ? ClientRoutes.One(id) : null,
            "import" => Number is { } id ? TransactionRoutes.Import(id) : null,
            "project" => EntityKey.StartsWith("PRJ-", StringComparison.Ordinal) ? ProjectRoutes.One(EntityKey) : null,
            _ => null,
        };

    private int? Number =>
        int.TryParse(EntityKey, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;

    private Origin OriginOf() =>
        _origin ??= Personal is null
            ? new(null, null, null)
            : JsonSerializer.Deserialize<Origin>(Personal, JsonSerializerOptions.Web)!;

    private sealed record Origin(string? Address, string? Agent, JsonElement? About);
}

/// <summary>Reads entries with the names and seals that belong to them.</summary>
public static class AuditRows
{
    public static IQueryable<AuditRow> AsRows(this IQueryable<AuditEntry> entries, AppDb db) =>
        entries.Select(e => new AuditRow(
            e.Id,
            e.At,
            e.ActorId,
            PersonName.Shown(
                db.Users.Where(u => u.Id == e.ActorId).Select(u => u.FullName).FirstOrDefault(),
                db.Users.Where(u => u.Id == e.ActorId).Select(u => u.NameAr).FirstOrDefault()
            ),
            e.Action,
            e.EntityType,
            e.EntityKey,
            e.Data,
            e.Personal,
            e.Commitment.Length > 0,
            e.SessionId,
            e.RequestId,
            db.AuditSeals.Where(s => s.EntryId == e.Id).Select(s => s.Sequence).FirstOrDefault()
        ));

    /// <summary>Which of the transactions that these entries are about can be opened.</summary>
    public static async Task<IReadOnlySet<string>> TransactionsOf(
        this AppDb db,
        IEnumerable<AuditRow> rows,
        CancellationToken stop
    )
    {
        var numbers = rows.Where(r => r.EntityType == "transaction")
            .Select(r => r.EntityKey)
            .Distinct(StringComparer.Ordinal)
            .ToArray();
        return numbers.Length == 0
            ? new HashSet<string>()
            : (
                await db
                    .Transactions.Where(t => t.DeletedAt == null && numbers.Contains(t.Number))
                    .Select(t => t.Number)
                    .ToListAsync(stop)
            ).ToHashSet(StringComparer.Ordinal);
    }
}
