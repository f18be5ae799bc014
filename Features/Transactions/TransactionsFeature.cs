using MdcTts.Features.Transactions.Assignments;
using MdcTts.Features.Transactions.Bulk;
using MdcTts.Features.Transactions.Comments;
using MdcTts.Features.Transactions.Deletions;
using MdcTts.Features.Transactions.Drafts;
using MdcTts.Features.Transactions.Duplicates;
using MdcTts.Features.Transactions.Editing;
using MdcTts.Features.Transactions.Listing;
using MdcTts.Features.Transactions.Showing;
using MdcTts.Features.Transactions.StatusChanges;
using MdcTts.Features.Transactions.Suggestions;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Web;

namespace MdcTts.Features.Transactions;

/// <summary>The register of transactions.</summary>
public static class TransactionsFeature
{
    public static void AddTransactions(this IServiceCollection services)
    {
        services.AddHttpContextAccessor();
        services.AddSingleton<TrackingLinks>();
    }

    public static void MapTransactions(this IEndpointRouteBuilder app)
    {
        var pages = app.MapPages(TransactionRoutes.Root).RequireAuthorization(Policies.SignedIn);

        ListTransactions.Map(pages);
        SuggestTransactions.Map(pages);
        CreateTransaction.Map(pages);
        ListDrafts.Map(pages);
        KeepDraft.Map(pages);
        ChangeMany.Map(pages);
        RestoreTransaction.Map(pages);
        ShowTransaction.Map(pages);
        EditTransaction.Map(pages);
        ChangeStatus.Map(pages);
        AssignTransaction.Map(pages);
        AddComment.Map(pages);
        DuplicateTransaction.Map(pages);
        DeleteTransaction.Map(pages);
    }
}
