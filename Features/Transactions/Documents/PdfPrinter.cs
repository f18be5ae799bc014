using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Results;

namespace MdcTts.Features.Transactions.Documents;

/// <summary>
/// Prints HTML of ours to PDF with a headless Chromium: one process for each document, a few at a time, none longer
/// than <see cref="Limit"/>.
/// </summary>
/// <remarks>
/// The page is a file of its own whose policy allows its own styles and fonts and nothing else, no script, no fetch, no
/// other file; and no name resolves.
/// (Chromium's own switch for scripts stops its printing as well.) The sandbox is off because a container
/// without privileges has none to give; what is printed is our markup with everything that people wrote escaped.
/// </remarks>
public sealed partial class PdfPrinter(AppSettings settings, ILogger<PdfPrinter> log) : IDisposable
{
    /// <summary>As many as run at the same time; each takes about 150 MB.</summary>
    public const int AtOnce = 2;

    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static readonly string[] Names =
    [
        "chromium-headless-shell",
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    ];

    private readonly SemaphoreSlim _turns = new(AtOnce, AtOnce);
    private readonly ConcurrentDictionary<int, SemaphoreSlim> _own = new();

    /// <summary>
    /// The browser: CHROMIUM_PATH, or the first of the usual names on the PATH; null when there is none.
    /// </summary>
    public string? Executable { get; } = Find(settings.ChromiumPath);

    /// <summary>The PDF, or why there is none now.</summary>
    /// <param name="userId">Whose it is. Each person prints one at a time, so that who asks for many does not keep
    /// the others waiting.</param>
    public async Task<Result<byte[]>> Print(string html, int userId, CancellationToken stop)
    {
        if (Executable is null)
            return new Problem(ProblemKind.Unavailable, "document.no_browser");
        var own = _own.GetOrAdd(userId, _ => new(1, 1));
        if (!await own.WaitAsync(Limit, stop))
            return new Problem(ProblemKind.Unavailable, "document.busy");
        try
        {
            return await PrintInTurn(html, stop);
        }
        finally
        {
            own.Release();
        }
    }

    private async Task<Result<byte[]>> PrintInTurn(string html, CancellationToken stop)
    {
        if (!await _turns.WaitAsync(Limit, stop))
            return new Problem(ProblemKind.Unavailable, "document.busy");

        var folder = Directory.CreateTempSubdirectory("mdc-pdf-").FullName;
        try
        {
            var (page, pdf) = (Path.Combine(folder, "page.html"), Path.Combine(folder, "page.pdf"));
            await File.WriteAllTextAsync(page, html, Encoding.UTF8, stop);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limit.CancelAfter(Limit);
            var said = await Run(folder, page, pdf, limit.Token);
            if (File.Exists(pdf))
                return await File.ReadAllBytesAsync(pdf, stop);
            Log.NothingPrinted(log, Executable!, said);
            return new Problem(ProblemKind.Unavailable, "document.failed");
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            Log.TookTooLong(log, Limit.TotalSeconds);
            return new Problem(ProblemKind.Unavailable, "document.failed");
        }
        finally
        {
            Remove(folder);
            _turns.Release();
        }
    }

    public void Dispose()
    {
        _turns.Dispose();
        foreach (var own in _own.Values)
            own.Dispose();
    }

    internal static string? Find(string? configured)
    {
        if (configured is not null)
            return File.Exists(configured) ? configured : null;
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Append("/usr/bin");
        return Names
            .SelectMany(name => folders.Select(folder => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists);
    }

    private async Task<string> Run(string folder, string page, string pdf, CancellationToken stop)
    {
        var start = new ProcessStartInfo(Executable!)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
            WorkingDirectory = folder,
            ArgumentList =
            {
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-extensions",
                "--disable-component-update",
                "--no-first-run",
                "--no-default-browser-check",
                "--disable-crash-reporter",
                "--host-resolver-rules=MAP * ~NOTFOUND",
                "--user-data-dir=" + Path.Combine(folder, "profile"),
                "--no-pdf-header-footer",
                "--print-to-pdf=" + pdf,
                new Uri(page).AbsoluteUri,
            },
        };
        // Nothing of ours but what it needs to start: the settings hold secrets.
        var path = Environment.GetEnvironmentVariable("PATH");
        start.Environment.Clear();
        (start.Environment["PATH"], start.Environment["HOME"], start.Environment["TMPDIR"], start.Environment["LANG"]) =
            (path, folder, folder, "C.UTF-8");

        using var process = Process.Start(start)!;
        try
        {
            var (errors, output) = (
                process.StandardError.ReadToEndAsync(stop),
                process.StandardOutput.ReadToEndAsync(stop)
            );
            await process.WaitForExitAsync(stop);
            await output;
            var said = await errors;
            return said.Length <= 2000 ? said : said[^2000..];
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                // Its helpers write into the profile until they are gone.
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }
    }

    private static void Remove(string folder)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                Directory.Delete(folder, recursive: true);
                return;
            }
            catch (IOException) when (attempt < 5)
            {
                Thread.Sleep(50);
            }
            catch (IOException)
            {
                return;
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Browser} printed nothing: {Said}")]
        public static partial void NothingPrinted(ILogger logger, string browser, string said);

        [LoggerMessage(2, LogLevel.Error, "A PDF was not ready after {Seconds} s")]
        public static partial void TookTooLong(ILogger logger, double seconds);
    }
}
