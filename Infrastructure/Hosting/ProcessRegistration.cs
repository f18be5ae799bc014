using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Events;
using MdcTts.Infrastructure.Health;
using MdcTts.Infrastructure.Jobs;
using MdcTts.Infrastructure.Live;
using MdcTts.Infrastructure.Logging;
using MdcTts.Infrastructure.Redis;

namespace MdcTts.Infrastructure.Hosting;

public static class ProcessRegistration
{
    /// <summary>
    /// What every process has, whether it serves pages or only works: settings, clock, logs, metrics, jobs, health.
    /// </summary>
    public static void AddProcess(this WebApplicationBuilder builder, AppSettings settings)
    {
        builder.AddLogs(settings);
        builder.AddTelemetry(settings);
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddCertificate(settings);
        builder.Services.AddRedis();
        builder.Services.AddJobs();
        builder.Services.AddEvents();
        builder.Services.AddLive();
        builder.Services.AddHealth(settings);
    }

    private static void AddCertificate(this WebApplicationBuilder builder, AppSettings settings)
    {
        if (settings.Tls is not { } tls)
            return;
        builder.Services.AddSingleton(tls);
        builder.Services.AddSingleton<ServerCertificate>();
        builder.WebHost.ConfigureKestrel(o =>
            o.ConfigureHttpsDefaults(o.ApplicationServices.GetRequiredService<ServerCertificate>().Configure)
        );
    }
}
