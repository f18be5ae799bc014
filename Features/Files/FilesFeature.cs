using MdcTts.Features.Files.Deleting;
using MdcTts.Features.Files.Downloading;
using MdcTts.Features.Files.Editing;
using MdcTts.Features.Files.Listing;
using MdcTts.Features.Files.Scanning;
using MdcTts.Features.Files.Uploading;
using MdcTts.Features.Transactions;
using MdcTts.Infrastructure.Jobs;
using MdcTts.Infrastructure.Metrics;
using MdcTts.Infrastructure.Privacy;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Files;

/// <summary>What belongs to a transaction: letters, drawings, permits.</summary>
public static class FilesFeature
{
    public static void AddFiles(this IServiceCollection services)
    {
        services.AddSingleton<FileStore>();
        services.AddSingleton<Scanner>();
        services.AddSingleton(ListFiles.Section);
        services.AddSingleton(FileMails.Kind);
        services.AddScoped<ListFiles>();
        services.AddScoped<TakeIn>();
        services.AddScoped<UploadFiles>();
        services.AddScoped<DownloadFile>();
        services.AddScoped<EditFile>();
        services.AddScoped<DeleteFile>();
        services.AddScoped<SweepFiles>();
        services.AddScoped<ScanFile>();
        services.AddTransient<ScanFileJob>();
        services.AddScheduled<SweepFilesJob>(SweepFiles.Schedule);
        services.AddPersonalData(FilesPersonalData.All);
        services.AddSingleton(
            Gauge.Queue<AppDb>(
                "scans",
                (db, _) => db.FileContents.Where(c => c.Scan == ScanState.Pending).Select(c => c.CreatedAt)
            )
        );
        services.AddSingleton(
            new UnfinishedWork(
                "scans",
                (db, now, stop) =>
                    db.Set<FileContent>()
                        .Where(c => c.Scan == ScanState.Pending && c.ScanAfter <= now)
                        .OrderBy(c => c.Id)
                        .Take(100)
                        .Select(c => c.Id)
                        .ToListAsync(stop),
                (jobs, id) => jobs.Enqueue<ScanFileJob>(id)
            )
        );
    }

    public static void MapFiles(this IEndpointRouteBuilder app)
    {
        var pages = app.MapPages(FileRoutes.Root);
        var api = app.MapApi(FileRoutes.Root, "Files");

        UploadFiles.Map(app.MapPages(TransactionRoutes.Root), app.MapApi(TransactionRoutes.Root, "Files"));
        ListFiles.Map(app.MapApi(TransactionRoutes.Root, "Files"));
        DownloadFile.Map(pages, api);
        EditFile.Map(pages, api);
        DeleteFile.Map(pages, api);
    }
}
