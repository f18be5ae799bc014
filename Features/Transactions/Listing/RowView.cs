using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;

namespace MdcTts.Features.Transactions.Listing;

/// <summary>One line, and for whom and when it is written.</summary>
public sealed record RowView(ListTransactions.Row Row, CatalogueEntries Catalogue, CurrentUser User, DateTime Now)
{
    public DateOnly Today { get; } = Clock.RiyadhDate(Now);
}
