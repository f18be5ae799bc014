using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using MdcTts.Features;
using MdcTts.Features.Accounts;
using MdcTts.Features.Accounts.Users;
using MdcTts.Features.Audit;
using MdcTts.Features.Audit.Verifying;
using MdcTts.Features.Backups;
using MdcTts.Features.Backups.Making;
using MdcTts.Features.Backups.Restoring;
using MdcTts.Features.Catalogue;
using MdcTts.Features.Clients;
using MdcTts.Features.Dashboards;
using MdcTts.Features.Demo;
using MdcTts.Features.Mails;
using MdcTts.Features.Outbox;
using MdcTts.Features.Projects;
using MdcTts.Features.Settings;
using MdcTts.Features.Timetables;
using MdcTts.Features.Tracking;
using MdcTts.Features.Transactions;
using MdcTts.Features.Transactions.Codes;
using MdcTts.Features.Transactions.Documents;
using MdcTts.Features.Transactions.Exports;
using MdcTts.Features.Transactions.Imports;
using MdcTts.Infrastructure;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Events;
using MdcTts.Infrastructure.Health;
using MdcTts.Infrastructure.Hosting;
using MdcTts.Infrastructure.Idempotency;
using MdcTts.Infrastructure.Jobs;
using MdcTts.Infrastructure.Live;
using MdcTts.Infrastructure.Logging;
using MdcTts.Infrastructure.Metrics;
using MdcTts.Infrastructure.ReadOnly;
using MdcTts.Infrastructure.Redis;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Options;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

var commands = new RootCommand("MDC Transaction Tracking System");
RunWeb.AddTo(commands, Build);
ListRoutes.AddTo(commands, Build);
AskHealth.AddTo(commands);
ImportFromCommandLine.AddTo(commands, Build);
AddUserCommand.AddTo(commands, Build);
VerifyCommand.AddTo(commands, Build);
BackupCommand.AddTo(commands, Build);
RestoreCommand.AddTo(commands, Build);
return await RunWeb.Invoke(commands, args);

static WebApplication Build(string[] args, bool demo)
{
    var builder = WebApplication.CreateBuilder(args);
    var settings = AppSettings.From(builder.Configuration, demo);
    var services = builder.Services;

    // Also outside Development: an app that runs from its build folder finds its assets; a published one has them and
    // needs nothing.
    builder.WebHost.UseStaticWebAssets();
    builder.AddLogs(settings);
    builder.AddEdge(settings);
    builder.AddTelemetry(settings);
    services.AddSingleton(settings);
    services.AddSingleton(TimeProvider.System);
    services.AddSingleton<PublicAddress>();
    services.AddSingleton(HtmlEncoder.Create(UnicodeRanges.All));
    services.AddAppDb(settings);
    var protection = services.AddDataProtection().SetApplicationName("MdcTts").PersistKeysToDbContext<EngineDb>();
    if (settings.IsReadOnly)
        protection.DisableAutomaticKeyGeneration();
    services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(
        new ConfigureOptions<KeyManagementOptions>(o => o.XmlEncryptor = new SecretKeyEncryptor(settings))
    );
    services.AddPolicies();
    services.AddCurrentUser();
    services.AddAntiforgery(o =>
    {
        o.HeaderName = AntiforgeryTokens.Header;
        o.Cookie.Name = "mdc.antiforgery";
    });
    services.AddRedis();
    services.AddSingleton<RateLimits>();
    services.AddIdempotency();
    services.AddExceptionHandler<UnexpectedErrors>();
    services.AddProblemDetails();
    services.AddResponseCompression(o => o.EnableForHttps = true);
    services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
    services.ConfigureHttpJsonOptions(o => ApiJson.Configure(o.SerializerOptions));
    services.AddApiDescription();
    services.AddJobs();
    services.AddEvents();
    services.AddLive();
    services.AddHealth(settings);

    services.AddCatalogue();
    // Before the accounts: a demonstration brings its own admin.
    services.AddDemo();
    services.AddSettings();
    services.AddOutbox();
    services.AddClients();
    services.AddMails();
    services.AddTimetable();
    services.AddTracking();
    services.AddDashboards();
    services.AddProjects();
    services.AddTransactions();
    services.AddAccounts(settings);
    services.AddAudit();
    services.AddBackups();
    services.AddDocuments();

    var app = builder.Build();

    app.UseTimetable();
    app.UseRequestIds();
    app.UseTrustedProxies();
    app.UseRequestLog();
    app.UseSecurityHeaders();
    if (settings.Jobs == JobsRole.Only)
    {
        app.UseRouting();
        app.Use(
            (HttpContext http, RequestDelegate _) =>
            {
                http.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            }
        );
        // The host would put these first, where they send everybody to a sign-in page that is not here.
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapHealth();
        return app;
    }

    app.UseResponseCompression();
    app.UseExceptionHandler();
    app.UseStatusCodePages(context =>
        UnexpectedErrors.Write(context.HttpContext, context.HttpContext.Response.StatusCode)
    );
    app.UseAllowedHosts();
    app.UseRouting();
    app.UseRequestTimeouts();
    app.UseAuthentication();
    app.UseBrand();
    app.UseLanguage();
    app.UseDenialRecord();
    app.UseRateLimits();
    app.UseReadOnly();
    app.UseDetour();
    app.UseApiDocs();
    app.UseAuthorization();
    app.UseEvents();
    app.UseIdempotency();

    app.MapAssets();
    app.MapHealth();
    app.MapDashboards();
    app.MapAccounts();
    app.MapSettings();
    app.MapClients();
    app.MapProjects();
    app.MapMails();
    app.MapTimetable();
    app.MapTransactions();
    app.MapCodes();
    app.MapDocuments();
    app.MapExports();
    app.MapTracking();
    app.MapCatalogue();
    app.MapAudit();
    app.MapBackups();
    app.MapApiDescription();
    app.MakeEndpointsOnce();
    return app;
}
