namespace MdcTts.Features.Audit.Listing;

/// <summary>An entry and the list it belongs to.</summary>
public sealed record TableRowView(AuditRow Row, ListAudit.View List);
