using System.CommandLine;
using System.Globalization;
using MdcTts.Features;
using MdcTts.Features.Accounts;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Health;
using MdcTts.Infrastructure.Hosting;
using MdcTts.Infrastructure.Jobs;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Web;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
PrivateFiles.Begin();

var commands = new RootCommand("MDC Transaction Tracking System");
RunWeb.AddTo(commands, Build);
ListRoutes.AddTo(commands, Build);
AskHealth.AddTo(commands);
AllFeatures.AddTo(commands, Build);
return await RunWeb.Invoke(commands, args);

static WebApplication Build(string[] args, bool demo)
{
    var builder = WebApplication.CreateBuilder(args);
    var settings = AppSettings.From(builder.Configuration, demo);

    builder.AddProcess(settings);
    builder.AddEdge(settings);
    builder.Services.AddSecurity(settings);
    builder.Services.AddAppDb(settings);
    builder.Services.AddRules();
    builder.Services.AddFeatures(settings);

    var app = builder.Build();
    app.UseTimetable();
    if (settings.Jobs == JobsRole.Only)
        return app.UseWorker();

    app.UseEdge();
    app.UseIdentity();
    app.UseRules();

    app.MapEdge();
    app.MapFeatures();
    app.MakeEndpointsOnce();
    return app;
}
