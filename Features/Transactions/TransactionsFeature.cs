using MdcTts.Features.Transactions.Listing;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Web;

namespace MdcTts.Features.Transactions;

/// <summary>The register of transactions.</summary>
public static class TransactionsFeature
{
    public static void MapTransactions(this IEndpointRouteBuilder app)
    {
        var pages = app.MapPages(TransactionRoutes.Root).RequireAuthorization(Policies.SignedIn);

        ListTransactions.Map(pages);
    }
}
