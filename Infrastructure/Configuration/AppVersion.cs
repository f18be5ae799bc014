using System.Reflection;

namespace MdcTts.Infrastructure.Configuration;

/// <summary>What runs.</summary>
public static class AppVersion
{
    /// <summary>The version of this build, with its commit.</summary>
    public static string Current { get; } =
        typeof(AppVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        ?? "0";
}
