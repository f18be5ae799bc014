using System.CommandLine;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace MdcTts.Infrastructure.Health;

/// <summary>
/// <c>MdcTts health</c>: asks the process beside it whether it lives; exit code 0 or 1. For containers without curl.
/// </summary>
public static class AskHealth
{
    private const string DefaultPort = "8000";
    private const string Certificate = "TLS_CERTIFICATE";

    public static void AddTo(RootCommand root)
    {
        var address = new Option<string?>("--url")
        {
            Description =
                "The address to ask, instead of /health/live on the port of ASPNETCORE_HTTPS_PORTS or _HTTP_PORTS",
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
        using var handler = new SocketsHttpHandler();
        // The process beside it shows the very certificate of the file, whatever name stands in it.
        if (Environment.GetEnvironmentVariable(Certificate) is { Length: > 0 } path && File.Exists(path))
            handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, errors) =>
                errors == SslPolicyErrors.None || IsOf(path, shown);
        using var http = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(3) };
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

    private static bool IsOf(string path, X509Certificate? shown)
    {
        using var own = X509CertificateLoader.LoadCertificateFromFile(path);
        return shown is not null && own.RawDataMemory.Span.SequenceEqual(shown.GetRawCertData());
    }

    private static string Default() =>
        PortOf("ASPNETCORE_HTTPS_PORTS") is { } port
            ? $"https://127.0.0.1:{port}{HealthEndpoints.Live}"
            : $"http://127.0.0.1:{PortOf("ASPNETCORE_HTTP_PORTS") ?? DefaultPort}{HealthEndpoints.Live}";

    private static string? PortOf(string name) =>
        Environment.GetEnvironmentVariable(name) is { } ports && !string.IsNullOrWhiteSpace(ports)
            ? ports.Split(';', ',')[0]
            : null;
}
