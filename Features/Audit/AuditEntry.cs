namespace MdcTts.Features.Audit;

/// <summary>Who did what, written in the transaction of the change. Never updated or deleted.</summary>
public sealed class AuditEntry
{
    public long Id { get; set; }
    public DateTime At { get; set; }
    public int? ActorId { get; set; }

    /// <summary>Dotted event, such as <c>transaction.status_changed</c>.</summary>
    public string Action { get; set; } = "";
    public string EntityType { get; set; } = "";
    public string EntityKey { get; set; } = "";

    /// <summary>JSON: old → new, notes; never secrets.</summary>
    public string? Data { get; set; }
    public string? Address { get; set; }
    public string? RequestId { get; set; }
}
