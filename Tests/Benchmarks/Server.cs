using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace MdcTts.Benchmarks;

/// <summary>A server in a process of its own on a free port, gone when disposed or when this process ends.</summary>
internal sealed class Server : IAsyncDisposable
{
    private readonly Process _process;

    private Server(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    /// <summary>What it has taken of the processors so far.</summary>
    public TimeSpan Worked
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Bytes of memory that it has now.</summary>
    public long Memory
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>The most memory that it has until told to stop.</summary>
    public async Task<long> Peak(CancellationToken stop)
    {
        var most = Memory;
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(25, CancellationToken.None);
            most = Math.Max(most, Memory);
        }

        return most;
    }

    /// <summary>Starts it and waits until it answers.</summary>
    /// <param name="arguments">Of dotnet, for a port.</param>
    /// <param name="log">
    /// The file its output goes to: written by itself, so that the log costs us nothing and the server what it always
    /// costs.
    /// </param>
    /// <param name="environment">What it finds in its environment beside ours.</param>
    public static async Task<Server> Start(
        Func<int, string[]> arguments,
        string log,
        IReadOnlyDictionary<string, string> environment,
        string directory
    )
    {
        var port = FreePort();
        var start = new ProcessStartInfo("bash", ["-c", "exec dotnet \"$@\" >>\"$0\" 2>&1", log, .. arguments(port)])
        {
            UseShellExecute = false,
            WorkingDirectory = directory,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var process = Process.Start(start)!;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Kill(process);
        var server = new Server(process, port);
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        for (var tries = 0; !await Answers(http, port); tries++)
        {
            if (process.HasExited || tries > 300)
            {
                await server.DisposeAsync();
                throw new InvalidOperationException("The server did not start:\n" + await File.ReadAllTextAsync(log));
            }

            await Task.Delay(200);
        }

        return server;
    }

    public async ValueTask DisposeAsync()
    {
        Kill(_process);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task<bool> Answers(HttpClient http, int port)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/health/live"));
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            if (!process.HasExited)
                process.Kill();
        }
        catch (InvalidOperationException)
        {
            // Disposed before.
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
