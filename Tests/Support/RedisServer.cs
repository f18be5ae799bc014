using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MdcTts.Support;

/// <summary>A real redis-server on a port of its own, which can be killed, frozen and told to refuse.</summary>
internal sealed class RedisServer : IDisposable
{
    private readonly int _port = FreePort();
    private readonly string _folder = Directory.CreateTempSubdirectory("mdc-redis-").FullName;
    private Process? _process;

    public string Url => $"redis://127.0.0.1:{_port}/1";

    public RedisServer Start(params string[] options)
    {
        _process = Process.Start(
            new ProcessStartInfo(
                "redis-server",
                ["--port", Port, "--bind", "127.0.0.1", "--save", "", "--dir", _folder, .. options]
            )
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
            }
        )!;
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        Wait.Until(() => Run("redis-cli", "-p", Port, "PING").Contains("PONG", StringComparison.Ordinal))
            .GetAwaiter()
            .GetResult();
        return this;
    }

    public void Kill()
    {
        if (_process is null)
            return;
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    public void Freeze() => Run("kill", "-STOP", _process!.Id.ToString(CultureInfo.InvariantCulture));

    public void Thaw() => Run("kill", "-CONT", _process!.Id.ToString(CultureInfo.InvariantCulture));

    /// <summary>A command as <c>redis-cli</c> takes it.</summary>
    public void Tell(params string[] command) => Run("redis-cli", ["-p", Port, .. command]);

    public void Dispose()
    {
        Kill();
        Directory.Delete(_folder, recursive: true);
    }

    private string Port => _port.ToString(CultureInfo.InvariantCulture);

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            }
        )!;
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return said;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
