using System.CommandLine;
using System.Net;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Health;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.DataProtection;

namespace MdcTts.Infrastructure.Hosting;

/// <summary>
/// What a process that serves does once before it does so; in the order in which it was registered.
/// </summary>
/// <returns>The lines to print once the address of the app is known.</returns>
public delegate Task<Func<string, IEnumerable<string>>> BeforeServing(
    IServiceProvider services,
    CancellationToken stop
);

/// <summary>
/// <c>MdcTts [web] [--demo]</c> serves; <c>MdcTts worker</c> only works in the background; <c>MdcTts migrate</c> only
/// brings the database up to date.
/// </summary>
public static class RunWeb
{
    /// <summary>Makes the app from the rest of the command line; true for demonstration data.</summary>
    public delegate WebApplication Build(string[] args, bool demo);

    public static void AddTo(RootCommand root, Build build)
    {
        var demo = new Option<bool>("--demo")
        {
            Description =
                "Fill an empty database with demonstration data, whose passwords everybody knows; "
                + "twice: also where others reach it",
        };
        var web = new Command("web", "Serve pages and the API (the default)") { demo };
        var worker = new Command(
            "worker",
            "Send mails, run imports and scheduled jobs; serve nothing but health and metrics"
        );
        var migrate = new Command("migrate", "Bring the database up to date, then stop");
        root.Add(demo);
        root.Add(web);
        root.Add(worker);
        root.Add(migrate);
        // What this does not know goes to the host: --urls, --environment and every other setting.
        root.TreatUnmatchedTokensAsErrors =
            web.TreatUnmatchedTokensAsErrors =
            worker.TreatUnmatchedTokensAsErrors =
            migrate.TreatUnmatchedTokensAsErrors =
                false;

        root.SetAction(ServePages);
        web.SetAction(ServePages);
        worker.SetAction((parsed, stop) => Serve(build([.. parsed.UnmatchedTokens, "--JOBS=only"], false), stop));
        migrate.SetAction(
            async (parsed, stop) =>
            {
                await using var app = build([.. parsed.UnmatchedTokens], false);
                await PrepareDatabase.Handle(app.Services, stop, always: true);
                // Makes the first key, so that no two replicas do.
                app.Services.GetRequiredService<IDataProtectionProvider>()
                    .CreateProtector(nameof(migrate))
                    .Protect([1]);
            }
        );

        Task ServePages(ParseResult parsed, CancellationToken stop)
        {
            var app = build([.. parsed.UnmatchedTokens], parsed.GetValue(demo));
            if (parsed.GetResult(demo)?.IdentifierTokenCount == 1)
                RefuseDemoForOthers(app.Configuration);
            return Serve(app, stop);
        }
    }

    /// <summary>
    /// Runs the command line. What an operator can mend is one line on stderr and exit code 1, or 78 where the app
    /// refuses what is not safe; not a stack trace.
    /// </summary>
    public static async Task<int> Invoke(RootCommand root, string[] args)
    {
        try
        {
            // The host answers signals itself: the parser's own timeout would cut the draining short.
            return await root.Parse(args)
                .InvokeAsync(new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (SettingsException wrong)
        {
            await Console.Error.WriteLineAsync(wrong.Message.ReplaceLineEndings(" "));
            return wrong.ExitCode;
        }
        catch (IOException taken) when (taken.InnerException is AddressInUseException)
        {
            await Console.Error.WriteLineAsync(
                $"{taken.Message} Choose another one with --urls http://localhost:PORT."
            );
        }
        catch (OperationCanceledException)
        {
            // Told to stop while still starting.
            return 0;
        }

        return 1;
    }

    // Everybody knows the passwords of the demonstration.
    private static void RefuseDemoForOthers(IConfiguration configuration)
    {
        if (Addresses(configuration).FirstOrDefault(address => !IsLoopback(address)) is { } open)
            throw new SettingsException(
                $"Whoever reaches {open} could sign in: everybody knows the passwords of --demo. Use --urls "
                    + "http://localhost:5000, or say --demo twice."
            )
            {
                ExitCode = SettingsException.Refused,
            };
    }

    // Where it is going to listen, in the order in which Kestrel decides; nowhere named is localhost.
    private static IEnumerable<string> Addresses(IConfiguration configuration)
    {
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(e => e["Url"]).ToList();
        if (endpoints.Count > 0)
            return endpoints.OfType<string>();
        if (configuration["urls"] is { Length: > 0 } urls)
            return Split(urls);
        var ports = Split(configuration["http_ports"] + ";" + configuration["https_ports"]);
        return ports.Select(port => $"http://*:{port}");

        static string[] Split(string text) =>
            text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    private static bool IsLoopback(string url)
    {
        var address = BindingAddress.Parse(url);
        return address.IsUnixPipe
            || address.IsNamedPipe
            || address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));
    }

    private static async Task Serve(WebApplication app, CancellationToken stop)
    {
        await using var _ = app;
        var settings = app.Services.GetRequiredService<AppSettings>();
        var isPrepared = await PrepareDatabase.Handle(app.Services, stop);
        if (!isPrepared)
            Console.WriteLine(
                "The database is not at this version yet: run MdcTts migrate. Until then this process is not ready."
            );
        var begins = isPrepared && !settings.IsReadOnly && settings.Jobs != JobsRole.Only;
        List<Func<string, IEnumerable<string>>> news = [];
        if (begins)
            foreach (var step in app.Services.GetServices<BeforeServing>())
                news.Add(await step(app.Services, stop));
        await app.StartAsync(stop);
        var address = app.Services.GetRequiredService<PublicAddress>().Root;
        Console.WriteLine(
            settings.Jobs == JobsRole.Only
                ? $"MDC Transactions works in the background; health at {address}{HealthEndpoints.Root}"
                : $"MDC Transactions at {address}"
        );
        foreach (var line in news.SelectMany(of => of(address)))
            Console.WriteLine(line);
        await app.WaitForShutdownAsync(stop);
    }
}
