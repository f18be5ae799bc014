using System.Diagnostics;
using MdcTts.Support;
using Xunit;

namespace MdcTts.Infrastructure.Deploy;

/// <summary>Runs a line of bash in a folder of the repository.</summary>
internal static class Shell
{
    /// <summary>Both outputs together; fails with them when the line does.</summary>
    public static async Task<string> Run(
        string folder,
        string line,
        TimeSpan? patience = null,
        params (string Name, string Value)[] environment
    )
    {
        var start = new ProcessStartInfo("bash", ["-c", $"exec 2>&1; export PATH=\"$PATH:/usr/sbin:/sbin\"; {line}"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
            WorkingDirectory = Repository.Path(folder),
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var stop = new CancellationTokenSource(patience ?? TimeSpan.FromSeconds(60));
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(stop.Token);
            await process.WaitForExitAsync(stop.Token);
            Assert.True(process.ExitCode == 0, $"{line}\nexit code {process.ExitCode}\n{output}");
            return output;
        }
        catch (OperationCanceledException late)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException(line, late);
        }
    }
}
