using System.CommandLine;
using MdcTts.Features.Transactions.Assignments;
using MdcTts.Features.Transactions.Bulk;
using MdcTts.Features.Transactions.Codes;
using MdcTts.Features.Transactions.Comments;
using MdcTts.Features.Transactions.Deletions;
using MdcTts.Features.Transactions.Documents;
using MdcTts.Features.Transactions.DueDates;
using MdcTts.Features.Transactions.Duplicates;
using MdcTts.Features.Transactions.Editing;
using MdcTts.Features.Transactions.Exports;
using MdcTts.Features.Transactions.Imports;
using MdcTts.Features.Transactions.Listing;
using MdcTts.Features.Transactions.Live;
using MdcTts.Features.Transactions.News;
using MdcTts.Features.Transactions.Privacy;
using MdcTts.Features.Transactions.Showing;
using MdcTts.Features.Transactions.StatusChanges;
using MdcTts.Features.Transactions.Suggestions;
using MdcTts.Features.Transactions.Work;
using MdcTts.Infrastructure.Hosting;
using MdcTts.Infrastructure.Idempotency;
using MdcTts.Infrastructure.Jobs;
using MdcTts.Infrastructure.Live;
using MdcTts.Infrastructure.Privacy;
using MdcTts.Infrastructure.Web;

namespace MdcTts.Features.Transactions;

/// <summary>The register of transactions.</summary>
public static class TransactionsFeature
{
    public static void AddTransactions(this IServiceCollection services)
    {
        services.AddHttpContextAccessor();
        services.AddSingleton<TrackingLinks>();
        services.AddScoped<TransactionAnswers>();
        services.AddScoped<CurrentChoices>();
        services.AddSingleton(TransactionMails.Kind);
        services.AddSingleton(DueMails.Kind);
        services.AddSingleton(ManyMails.Kind);
        services.AddSingleton<IsWithinReach>(TransactionReach.Find);
        services.AddSingleton<ListCounts.Store>();
        services.AddScoped<ListCounts>();
        services.AddScheduled<PruneChanges>(PruneChanges.Schedule);
        services.AddScheduled<RemindOfDueDatesJob>(RemindOfDueDates.Schedule);
        services.AddImports();
        services.AddDocuments();
        services.AddExports();
        services.AddToClientsAndProjects();
        services.AddPersonalData(TransactionsPersonalData.All);
        services.AddScoped<ListTransactions>();
        services.AddScoped<Timeline>();
        services.AddScoped<ShowChanges>();
        services.AddScoped<ShowFacet>();
        services.AddScoped<SuggestTransactions>();
        services.AddScoped<SuggestAuthorities>();
        services.AddScoped<ShowTransaction>();
        services.AddScoped<CreateTransaction>();
        services.AddScoped<EditTransaction>();
        services.AddScoped<TransactionForms>();
        services.AddScoped<KeepDraft>();
        services.AddScoped<ListDrafts>();
        services.AddScoped<ChangeStatus>();
        services.AddScoped<AssignTransaction>();
        services.AddSingleton(OpenWork.Section);
        services.AddSingleton(HandOverAll.Work);
        services.AddScoped<AddComment>();
        services.AddScoped<SuggestMentions>();
        services.AddScoped<DuplicateTransaction>();
        services.AddScoped<DeleteTransaction>();
        services.AddScoped<RestoreTransaction>();
        services.AddScoped<ShowWork>();
        services.AddScoped<HandOver>();
        services.AddScoped<SetDueDate>();
        services.AddScoped<Snooze>();
        services.AddScoped<ChangeMany>();
        services.AddScoped<AskForMany>();
        services.AddScoped<UndoMany>();
        services.AddScoped<RenewLink>();
        services.AddScoped<ShowQr>();
        services.AddScoped<ShowLabel>();
        services.AddScoped<DownloadPdf>();
        services.AddScoped<TransactionNews>();
        services.AddScoped<RemindOfDueDates>();
        services.AddSingleton(TransactionNews.Following);
        services.AddSingleton<ReadLiveNews>(LiveNews.Read);
        services.AddSingleton<WatchRows>(new ImportProgress().Watch);
    }

    public static void AddTo(RootCommand root, RunWeb.Build build) => ImportFromCommandLine.AddTo(root, build);

    public static void MapTransactions(this IEndpointRouteBuilder app)
    {
        var pages = app.MapPages(TransactionRoutes.Root);
        var api = app.MapApi(TransactionRoutes.Root, "Transactions");

        ListTransactions.Map(pages, api);
        Density.Map(pages);
        ShowFacet.Map(pages);
        ShowWork.Map(app.MapPages(TransactionRoutes.Work), app.MapApi(TransactionRoutes.Work, "Transactions"));
        HandOver.Map(pages, api);
        SetDueDate.Map(pages, api);
        Snooze.Map(pages, api);
        SuggestTransactions.Map(pages);
        SuggestAuthorities.Map(pages);
        StreamChanges.Map(pages);
        ShowChanges.Map(pages);
        CreateTransaction.Map(pages, api);
        ListDrafts.Map(pages);
        KeepDraft.Map(pages);
        ChangeMany.Map(pages, api);
        UndoMany.Map(pages, api);
        RestoreTransaction.Map(pages, api);
        ShowTransaction.Map(pages, api);
        EditTransaction.Map(pages, api);
        ChangeStatus.Map(pages, api);
        AssignTransaction.Map(pages, api);
        AddComment.Map(pages, api);
        SuggestMentions.Map(pages);
        DuplicateTransaction.Map(pages, api);
        DeleteTransaction.Map(pages, api);
        app.MapCodes();
        app.MapDocuments();
        app.MapExports();
        app.MapImports();
    }
}
