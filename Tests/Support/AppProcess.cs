using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Xunit.Sdk;

namespace MdcTts.Support;

/// <summary>
/// The app as an operator starts it: a process of its own, with the real clock. It is killed when it is disposed of.
/// </summary>
internal sealed partial class AppProcess : IDisposable
{
    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="arguments">What stands on the command line.</param>
    /// <param name="environment">Variables beside those of this process.</param>
    /// <param name="directory">
    /// Its working directory; null: the repository's root, whose appsettings.json it reads.
    /// </param>
    public AppProcess(
        IEnumerable<string> arguments,
        IEnumerable<(string Name, string? Value)> environment,
        string? directory = null
    )
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory ?? Repository.Root,
        };
        foreach (var (name, value) in environment.Where(e => e.Value is not null))
            start.Environment[name] = value;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>On a database of a test; without arguments it serves on a free port.</summary>
    public AppProcess(TestDatabase database, params string[] arguments)
        : this(
            arguments is [] ? ["web", "--urls", "http://127.0.0.1:0"] : arguments,
            [
                ("DATA_DIR", database.DataDir),
                ("DATABASE_URL", database.Url),
                ("SECRET_KEY", App.SecretKey),
                ("RateLimits__Enabled", "false"),
            ]
        ) { }

    public bool HasExited => _process.HasExited;

    /// <summary>What it has written so far, to both outputs.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
                return [.. _lines];
        }
    }

    /// <summary>Where it listens, as soon as it has said so.</summary>
    public async Task<Uri> Address()
    {
        // Long enough for a machine that does much else: how fast it starts is no claim of any test.
        await Wait.Until(() => _address.Task.IsCompleted || HasExited, seconds: 180);
        return _address.Task.IsCompleted
            ? await _address.Task
            : throw new XunitException("It did not start:\n" + string.Join('\n', Lines));
    }

    /// <summary>Waits until it has ended by itself; answers its exit code.</summary>
    public async Task<int> Ended()
    {
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return _process.ExitCode;
    }

    /// <summary>Asks it to stop, as a service manager does; answers its exit code.</summary>
    public async Task<int> Stop()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        return await Ended();
    }

    /// <summary>As a power cut would.</summary>
    public void Kill()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!HasExited)
            Kill();
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        lock (_lines)
            _lines.Add(line);
        if (At().Match(line) is { Success: true } at)
            _address.TrySetResult(new(at.Groups["url"].Value));
    }

    // The sentence of the start, not a line of the log.
    [GeneratedRegex("^MDC.* (?<url>http://127[.]0[.]0[.]1:[0-9]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex At();
}
