using System.CommandLine;
using MdcTts.Features.Audit.Acknowledging;
using MdcTts.Features.Audit.Anchors;
using MdcTts.Features.Audit.Denials;
using MdcTts.Features.Audit.Listing;
using MdcTts.Features.Audit.Sealing;
using MdcTts.Features.Audit.Verifying;
using MdcTts.Infrastructure.Hosting;
using MdcTts.Infrastructure.Jobs;
using MdcTts.Infrastructure.Metrics;
using MdcTts.Infrastructure.Privacy;
using MdcTts.Infrastructure.Web;

namespace MdcTts.Features.Audit;

/// <summary>The log of who did what: sealed as it grows, shown to admins, and able to prove itself.</summary>
public static class AuditFeature
{
    public static void AddAudit(this IServiceCollection services)
    {
        services.AddSingleton<AuditChain>();
        services.AddSingleton<AnchorFiles>();
        services.AddSingleton<Verifications>();
        services.AddSingleton<RecordDenials>();
        services.AddScoped<ListAudit>();
        services.AddScoped<ShowEntry>();
        services.AddScoped<ExportAudit>();
        services.AddScoped<VerifyAudit>();
        services.AddScoped<VerifyChain>();
        services.AddScoped<SealEntries>();
        services.AddScoped<AcknowledgeForged>();
        services.AddScoped<WriteAnchor>();
        services.AddScoped<DownloadAnchor>();
        services.AddHostedService<SealingWorker>();
        services.AddSingleton(
            Gauge.Queue<AppDb>(
                "audit",
                (db, _) => from p in db.AuditPending join e in db.Audit on p.EntryId equals e.Id select e.At
            )
        );
        services.AddSingleton(ClientHistory.Section);
        services.AddSingleton(AnchorMail.Kind);
        services.AddPersonalData(AuditPersonalData.All);
        services.AddScheduled<WriteAnchorJob>(WriteAnchor.Schedule);
    }

    /// <summary>Belongs after authentication and before everything that may deny.</summary>
    public static void UseDenialRecord(this WebApplication app) =>
        app.Use(app.Services.GetRequiredService<RecordDenials>().Invoke);

    public static void AddTo(RootCommand root, RunWeb.Build build) =>
        root.Add(new Command("audit", "The audit log") { VerifyCommand.Make(build), AcknowledgeCommand.Make(build) });

    public static void MapAudit(this IEndpointRouteBuilder app)
    {
        var pages = app.MapPages(AuditRoutes.Root);
        var api = app.MapApi(AuditRoutes.Root, "Audit");
        ListAudit.Map(pages, api);
        ExportAudit.Map(pages);
        VerifyAudit.Map(pages, api);
        DownloadAnchor.Map(pages);
        ShowEntry.Map(pages);
    }
}
