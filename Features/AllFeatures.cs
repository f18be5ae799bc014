using System.CommandLine;
using MdcTts.Features.Accounts;
using MdcTts.Features.Audit;
using MdcTts.Features.Backups;
using MdcTts.Features.Catalogue;
using MdcTts.Features.Clients;
using MdcTts.Features.Dashboards;
using MdcTts.Features.Demo;
using MdcTts.Features.Files;
using MdcTts.Features.Mails;
using MdcTts.Features.Outbox;
using MdcTts.Features.Projects;
using MdcTts.Features.Settings;
using MdcTts.Features.Timetables;
using MdcTts.Features.Tracking;
using MdcTts.Features.Transactions;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Hosting;

namespace MdcTts.Features;

/// <summary>Everything that the app can do. What a feature consists of, it says itself.</summary>
public static class AllFeatures
{
    public static void AddFeatures(this IServiceCollection services, AppSettings settings)
    {
        services.AddCatalogue();
        services.AddSettings();
        services.AddOutbox();
        // Before the accounts: a demonstration creates its own admin, so no first admin is needed.
        services.AddDemo();
        services.AddAccounts(settings);
        services.AddClients();
        services.AddProjects();
        services.AddTransactions();
        services.AddFiles();
        services.AddTracking();
        services.AddDashboards();
        services.AddMails();
        services.AddTimetable();
        services.AddAudit();
        services.AddBackups();
    }

    public static void MapFeatures(this WebApplication app)
    {
        app.MapDashboards();
        app.MapAccounts();
        app.MapSettings();
        app.MapClients();
        app.MapProjects();
        app.MapMails();
        app.MapTimetable();
        app.MapTransactions();
        app.MapFiles();
        app.MapTracking();
        app.MapCatalogue();
        app.MapAudit();
        app.MapBackups();
    }

    /// <summary>The verbs of the command line that belong to features.</summary>
    public static void AddTo(RootCommand root, RunWeb.Build build)
    {
        TransactionsFeature.AddTo(root, build);
        AccountsFeature.AddTo(root, build);
        AuditFeature.AddTo(root, build);
        BackupsFeature.AddTo(root, build);
    }
}
