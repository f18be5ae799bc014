namespace MdcTts.Features.Audit.Listing;

/// <summary>An entry and the list it belongs to.</summary>
public sealed record TableRowView(AuditRow Row, ListAudit.View List);

/// <summary>What an entry tells, in a row.</summary>
public sealed record LinesView(AuditRow Row, AuditNames Names)
{
    public const int Max = 5;
}
