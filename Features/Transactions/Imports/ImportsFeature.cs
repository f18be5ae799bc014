using MdcTts.Infrastructure.Jobs;
using MdcTts.Infrastructure.Live;
using MdcTts.Infrastructure.Metrics;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>Registers of transactions out of files.</summary>
public static class ImportsFeature
{
    public static void AddImports(this IServiceCollection services)
    {
        services.AddSingleton<ImportFiles>();
        services.AddScoped<ListImports>();
        services.AddScoped<StartImport>();
        services.AddScoped<ShowImport>();
        services.AddScoped<MapColumns>();
        services.AddScoped<CorrectImport>();
        services.AddScoped<ContinueImport>();
        services.AddScoped<RequestRelease>();
        services.AddScoped<DecideRelease>();
        services.AddSingleton(ImportMails.Kind);
        services.AddSingleton<ReadLiveNews>(WaitingImports.News.Read);
        services.AddSingleton(
            NavigationRows.Of(
                (AppDb db) =>
                    WaitingImports.In(db).Select(i => new NavigationRow { Section = WaitingImports.Section, Id = i.Id })
            )
        );
        services.AddScoped<RunImport>();
        services.AddScoped<DownloadRejected>();
        services.AddScoped<UndoImport>();
        services.AddScoped<RemoveImportClients>();
        services.AddScoped<PurgeImports>();
        services.AddTransient<ImportJob>();
        services.AddKeyedSingleton(nameof(ImportJob), new SemaphoreSlim(1, 1));
        services.AddScheduled<PurgeImportsJob>(PurgeImports.Schedule);
        services.AddSingleton(Gauge.Queue<AppDb>("imports", (db, _) => db.Imports.Underway().Select(i => i.CreatedAt)));
        services.AddSingleton(
            new UnfinishedWork(
                "imports",
                (db, now, stop) => db.Set<ImportRun>().Underway().Free(now).Select(i => i.Id).ToListAsync(stop),
                (jobs, id) => jobs.Enqueue<ImportJob>(id)
            )
        );
    }

    public static void MapImports(this IEndpointRouteBuilder app)
    {
        var pages = app.MapPages(TransactionRoutes.Imports).RequireAuthorization(Policies.Staff);
        var api = app.MapApi(TransactionRoutes.Imports, "Imports").RequireAuthorization(Policies.Staff);

        ListImports.Map(pages);
        StartImport.Map(pages, api);
        ShowImport.Map(pages, api);
        MapColumns.Map(pages);
        CorrectImport.Map(pages, api);
        ContinueImport.Map(pages, api);
        RequestRelease.Map(pages, api);
        DecideRelease.Map(pages, api);
        DownloadRejected.Map(pages, api);
        DownloadTemplate.Map(pages);
        UndoImport.Map(pages, api);
        RemoveImportClients.Map(pages, api);
    }
}
