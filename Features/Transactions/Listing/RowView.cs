namespace MdcTts.Features.Transactions.Listing;

/// <summary>One line and the list it stands in.</summary>
public sealed record RowView(ListTransactions.Row Row, ListTransactions.View List);
