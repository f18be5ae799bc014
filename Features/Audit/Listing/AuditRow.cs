using System.Globalization;
using System.Text.Json;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;

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
    private AuditStory? _story;

    /// <summary>What it tells.</summary>
    public AuditStory Story => _story ??= AuditStory.Of(this);

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
}
