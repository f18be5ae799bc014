using System.ComponentModel;
using System.Diagnostics;

namespace MdcTts.Support;

/// <summary>The Python that has openpyxl, an independent reader of workbooks.</summary>
internal static class Python
{
    private static readonly Lazy<string?> Found = new(() =>
        new[] { "python3", "/usr/bin/python3" }.FirstOrDefault(Knows)
    );

    /// <summary>Null where none is installed.</summary>
    public static string? WithOpenpyxl => Found.Value;

    private static bool Knows(string python)
    {
        try
        {
            using var asked = Process.Start(
                new ProcessStartInfo(python, ["-c", "import openpyxl"])
                {
                    UseShellExecute = false,
                    RedirectStandardError = true,
                }
            )!;
            asked.StandardError.ReadToEnd();
            asked.WaitForExit();
            return asked.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
