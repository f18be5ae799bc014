namespace MdcTts.Features.Transactions.Work;

/// <summary>One group and the page it stands on.</summary>
public sealed record WorkTableView(WorkGroup Group, IReadOnlyList<ShowWork.Row> Rows, ShowWork.View Page);

/// <summary>One line and its group.</summary>
public sealed record WorkRowView(ShowWork.Row Row, WorkGroup Group, ShowWork.View Page);
