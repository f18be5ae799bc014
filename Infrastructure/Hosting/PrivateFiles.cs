using System.Reflection;
using System.Runtime.InteropServices;

namespace MdcTts.Infrastructure.Hosting;

/// <summary>Whatever this process writes is for its own account only: files 0600, folders 0700.</summary>
public static class PrivateFiles
{
    private const uint NobodyElse = 0x3F; // 077

    /// <summary>
    /// First of all, before anything is written. Only where the app is the process: in a test it is a guest.
    /// </summary>
    public static void Begin()
    {
        if (!OperatingSystem.IsWindows() && Assembly.GetEntryAssembly() == typeof(PrivateFiles).Assembly)
            _ = SetMask(NobodyElse);
    }

    [DllImport("libc", EntryPoint = "umask")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint SetMask(uint mask);
}
