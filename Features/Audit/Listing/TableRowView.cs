namespace MdcTts.Features.Audit.Listing;

/// <summary>An entry and the list it stands in.</summary>
public sealed record TableRowView(AuditRow Row, ListAudit.View List);
