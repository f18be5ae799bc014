using System.CommandLine;
using MdcTts.Features.Accounts.SetUp;
using MdcTts.Infrastructure.Database;

namespace MdcTts.Infrastructure;

/// <summary><c>MdcTts [web] [--demo]</c> serves; <c>MdcTts migrate</c> only brings the database up to date.</summary>
public static class RunWeb
{
    /// <summary>Makes the app from the rest of the command line; true for demonstration data.</summary>
    public delegate WebApplication Build(string[] args, bool demo);

    public static void AddTo(RootCommand root, Build build)
    {
        var demo = new Option<bool>("--demo") { Description = "Fill an empty database with demonstration data" };
        var web = new Command("web", "Serve pages and the API (the default)") { demo };
        var migrate = new Command("migrate", "Bring the database up to date, then stop");
        root.Add(demo);
        root.Add(web);
        root.Add(migrate);
        // What this does not know goes to the host: --urls, --environment and every other setting.
        root.TreatUnmatchedTokensAsErrors = web.TreatUnmatchedTokensAsErrors = migrate.TreatUnmatchedTokensAsErrors = false;

        root.SetAction((parsed, stop) => Serve(build([.. parsed.UnmatchedTokens], parsed.GetValue(demo)), stop));
        web.SetAction((parsed, stop) => Serve(build([.. parsed.UnmatchedTokens], parsed.GetValue(demo)), stop));
        migrate.SetAction(async (parsed, stop) =>
        {
            await using var app = build([.. parsed.UnmatchedTokens], false);
            await PrepareDatabase.Handle(app.Services, stop);
        });
    }

    private static async Task Serve(WebApplication app, CancellationToken stop)
    {
        await PrepareDatabase.Handle(app.Services, stop);
        var setUp = await app.Services.GetRequiredService<FirstAdmin>().Prepare(stop);
        await app.StartAsync(stop);
        var address = app.Services.GetRequiredService<AppSettings>().PublicUrl ?? app.Urls.FirstOrDefault();
        Console.WriteLine($"MDC Transactions at {address}");
        if (setUp is not null) Console.WriteLine($"No administrator yet. Make the first one at {address}{setUp}");
        await app.WaitForShutdownAsync(stop);
    }
}
