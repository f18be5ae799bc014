using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Health;
using MdcTts.Infrastructure.Logging;
using MdcTts.Infrastructure.Metrics;
using MdcTts.Infrastructure.ReadOnly;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace MdcTts.Infrastructure.Hosting;

/// <summary>
/// Metrics for Prometheus when METRICS_PORT is set; metrics and traces by OTLP when OTEL_EXPORTER_OTLP_ENDPOINT is.
/// Without both nothing is measured.
/// </summary>
public static class Telemetry
{
    private static readonly string[] Meters =
    [
        Counters.Name,
        "Microsoft.AspNetCore.Hosting",
        "Microsoft.AspNetCore.Server.Kestrel",
        "Npgsql",
        "System.Runtime",
    ];

    public static void AddTelemetry(this WebApplicationBuilder builder, AppSettings settings)
    {
        var isSent = !string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        if (settings.MetricsAt is null && !isSent)
            return;

        builder.Services.AddSingleton<Gauges>();
        foreach (var gauge in Own(settings))
            builder.Services.AddSingleton(gauge);
        var telemetry = builder
            .Services.AddOpenTelemetry()
            .ConfigureResource(r => r.AddService("mdc-tts", serviceVersion: AppVersion.Current))
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(Meters);
                if (settings.MetricsAt is not null)
                    metrics.AddPrometheusExporter(o => o.ScrapeEndpointPath = MetricsServer.Path);
                if (isSent)
                    metrics.AddOtlpExporter();
            });
        if (isSent)
            telemetry.WithTracing(Traces);
        builder.Services.AddHostedService<MetricsServer>();
    }

    private static void Traces(TracerProviderBuilder traces) =>
        traces
            .AddSource(Counters.Name, "Npgsql")
            .AddOtlpExporter()
            .AddAspNetCoreInstrumentation(o =>
            {
                o.Filter = http => !http.Request.Path.StartsWithSegments(HealthEndpoints.Root);
                // A path may be a secret, and what an exception says may be personal.
                o.RecordException = false;
                o.EnrichWithHttpResponse = (trace, answer) =>
                    trace
                        .SetTag("url.path", Logs.PathOf(answer.HttpContext, answer.HttpContext.Request.Path))
                        .SetTag("user_agent.original", null);
            });

    private static IEnumerable<Gauge> Own(AppSettings settings)
    {
        yield return Gauge.One(
            "mdc_build_info",
            "What runs",
            (_, _) => Task.FromResult(1.0),
            Gauge.Label("version", AppVersion.Current),
            Gauge.Label("role", settings.Jobs == JobsRole.Only ? "worker" : "web")
        );
        yield return Gauge.One(
            "mdc_read_only",
            "The system refuses writes",
            async (services, stop) =>
                settings.IsReadOnly || await services.GetRequiredService<IsWorkResting>()(services, stop) ? 1 : 0
        );
        yield return Gauge.One(
            "mdc_database_up",
            "The database answers in time",
            async (services, stop) => (await services.GetRequiredService<DatabaseState>().Ask(stop)).Reachable ? 1 : 0
        );
        yield return Gauge.One(
            "mdc_schema_current",
            "The database has every migration of this version",
            async (services, stop) =>
                (await services.GetRequiredService<DatabaseState>().Ask(stop)).Missing == 0 ? 1 : 0
        );
    }
}
