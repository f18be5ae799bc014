using MdcTts.Infrastructure.Configuration;

namespace MdcTts.Infrastructure.Health;

/// <summary>Whether files can be kept: writes a small one to DATA_DIR and takes it away again.</summary>
public static class Storage
{
    private const long MinFree = 256L * 1024 * 1024;

    public static HealthCheck Check { get; } = new("storage", Fault);

    private static async Task<string?> Fault(IServiceProvider services, CancellationToken stop)
    {
        var folder = services.GetRequiredService<AppSettings>().DataDir;
        var probe = Path.Combine(folder, $".probe-{Guid.NewGuid():N}");
        await File.WriteAllBytesAsync(probe, [1], stop);
        File.Delete(probe);
        return new DriveInfo(folder).AvailableFreeSpace < MinFree ? "less than 256 MB free" : null;
    }
}
