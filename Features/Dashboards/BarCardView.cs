namespace MdcTts.Features.Dashboards;

/// <summary>A chart with its table.</summary>
/// <param name="Id">Id of the heading.</param>
/// <param name="Title">Text key of the heading.</param>
/// <param name="Column">Text key of the table's first column.</param>
public sealed record BarCardView(string Id, string Title, string Column, IReadOnlyList<ShowDashboard.Bar> Bars)
{
    /// <summary>Bars that stand side by side, for months.</summary>
    public bool IsVertical { get; init; }
}
