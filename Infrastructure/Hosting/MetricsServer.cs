using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Metrics;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using OpenTelemetry.Metrics;

namespace MdcTts.Infrastructure.Hosting;

/// <summary>
/// Serves <c>/metrics</c> on a listener of its own: whatever a Host header claims, the public port has no such address.
/// </summary>
public sealed class MetricsServer(
    AppSettings settings,
    Gauges gauges,
    MeterProvider meters,
    ServerCertificate? certificate = null
) : IHostedService, IAsyncDisposable
{
    public const string Path = "/metrics";

    private WebApplication? _server;

    /// <summary>Where it listens.</summary>
    public string? Address =>
        _server?.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.Single();

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (settings.MetricsAt is not { } address)
            return Task.CompletedTask;
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder
            .WebHost.UseKestrelCore()
            .UseKestrelHttpsConfiguration()
            .ConfigureKestrel(o =>
            {
                o.AddServerHeader = false;
                o.Listen(
                    address,
                    at =>
                    {
                        if (certificate is not null)
                            at.UseHttps(certificate.Configure);
                    }
                );
            });
        builder.Services.AddOptions();
        _server = builder.Build();
        _server.Use(
            async (http, next) =>
            {
                // Monitoring requests are not measured.
                if (http.Features.Get<IHttpMetricsTagsFeature>() is { } measured)
                    measured.MetricsDisabled = true;
                await gauges.Refresh(http.RequestAborted);
                await next(http);
            }
        );
        _server.UseOpenTelemetryPrometheusScrapingEndpoint(
            meters,
            predicate: null,
            Path,
            configureBranchedPipeline: null,
            optionsName: null
        );
        return _server.StartAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) =>
        _server?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
