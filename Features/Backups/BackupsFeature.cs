using System.CommandLine;
using MdcTts.Features.Backups.Drilling;
using MdcTts.Features.Backups.Listing;
using MdcTts.Features.Backups.Making;
using MdcTts.Features.Backups.Pruning;
using MdcTts.Features.Backups.Restoring;
using MdcTts.Features.Backups.Verifying;
using MdcTts.Infrastructure.Hosting;
using MdcTts.Infrastructure.Jobs;
using MdcTts.Infrastructure.Web;

namespace MdcTts.Features.Backups;

/// <summary>Copies of all data, and the proof that they can be restored.</summary>
public static class BackupsFeature
{
    public static void AddBackups(this IServiceCollection services)
    {
        services.AddSingleton<ManifestSeal>();
        services.AddSingleton<MakeBackup>();
        services.AddSingleton<VerifyBackup>();
        services.AddSingleton<PruneBackups>();
        services.AddSingleton<DrillRestore>();
        services.AddSingleton<Backups>();
        services.AddScoped<ExportSettings>();
        services.AddScoped<RestoreBackup>();
        services.AddScoped<ListBackups>();
        services.AddScheduled<BackupJob>(BackupJob.Schedule);
        services.AddScheduled<ExportSettingsJob>(ExportSettings.Schedule);
        services.AddScheduled<VerifyBackupsJob>(VerifyBackupsJob.Schedule);
        services.AddScheduled<DrillJob>(DrillRestore.Schedule, DrillJob.LateMax);
        services.AddKeyedSingleton<NavigationCount>(
            BackupRoutes.Overdue,
            (_, _) => (request, _) => Task.FromResult(request.GetRequiredService<Backups>().IsOverdue ? 1 : 0)
        );
    }

    public static void AddTo(RootCommand root, RunWeb.Build build)
    {
        BackupCommand.AddTo(root, build);
        RestoreCommand.AddTo(root, build);
    }

    public static void MapBackups(this IEndpointRouteBuilder app) => ListBackups.Map(app.MapPages(BackupRoutes.Root));
}

/// <summary>Addresses of this feature.</summary>
public static class BackupRoutes
{
    public const string Root = "/backups";
    public const string Verification = Root + "/verification";
    public const string Drill = Root + "/drill";

    /// <summary>The key of the navigation's warning.</summary>
    public const string Overdue = "backups";
}
