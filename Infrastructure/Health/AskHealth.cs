using System.CommandLine;

namespace MdcTts.Infrastructure.Health;

/// <summary>
/// <c>MdcTts health</c>: asks the process beside it whether it lives; exit code 0 or 1. For containers without curl.
/// </summary>
public static class AskHealth
{
    private const string DefaultPort = "8000";

    public static void AddTo(RootCommand root)
    {
        var address = new Option<string?>("--url")
        {
            Description = "The address to ask, instead of /health/live on the port of ASPNETCORE_HTTP_PORTS",
        };
        var command = new Command("health", "Ask the running process whether it lives; exit code 0 when it does")
        {
            address,
        };
        command.SetAction((parsed, stop) => Handle(parsed.GetValue(address) ?? Default(), stop));
        root.Add(command);
    }

    private static async Task<int> Handle(string url, CancellationToken stop)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(3) };
        try
        {
            using var answer = await http.GetAsync(url, stop);
            Console.WriteLine(await answer.Content.ReadAsStringAsync(stop));
            return answer.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception e)
            when (e
                    is HttpRequestException
                        or OperationCanceledException
                        or UriFormatException
                        or InvalidOperationException
            )
        {
            await Console.Error.WriteLineAsync($"{url}: {e.Message}");
            return 1;
        }
    }

    private static string Default()
    {
        var ports = Environment.GetEnvironmentVariable("ASPNETCORE_HTTP_PORTS");
        var port = string.IsNullOrWhiteSpace(ports) ? DefaultPort : ports.Split(';', ',')[0];
        return $"http://127.0.0.1:{port}{HealthEndpoints.Live}";
    }
}
