using System.Globalization;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Health;
using MdcTts.Infrastructure.Security;
using Microsoft.AspNetCore.StaticAssets;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace MdcTts.Infrastructure.Logging;

/// <summary>
/// The log on stdout: words on a terminal, one JSON object a line otherwise (<c>Log:Json</c> decides when set). One
/// line a request, without query string, secrets or names.
/// </summary>
public static class Logs
{
    /// <summary>On every line: <see cref="RequestIds.Current"/>.</summary>
    internal const string RequestIdProperty = "MdcRequestId";

    public static void AddLogs(this WebApplicationBuilder builder, AppSettings settings)
    {
        builder.Services.AddSingleton<SecretPaths>();
        if (settings.SentryDsn is { } dsn)
            ErrorReports.AddErrorReports(builder, dsn);
        var json = builder.Configuration.GetValue<bool?>("Log:Json") ?? Console.IsOutputRedirected;
        builder.Host.UseSerilog(
            (context, log) =>
            {
                // Also where no appsettings.json is found: the framework tells whole addresses, with what people search
                // for.
                log.MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
                    .MinimumLevel.Override("System.Net.Http", LogEventLevel.Warning);
                log.ReadFrom.Configuration(context.Configuration);
                log.Enrich.With<RequestIdEnricher>();
                if (settings.SentryDsn is not null)
                    log.WriteTo.Sink(new ErrorReports());
                if (json)
                    log.WriteTo.Console(new EcsFormatter());
                else
                    log.WriteTo.Console(formatProvider: CultureInfo.InvariantCulture);
            }
        );
    }

    public static void UseRequestLog(this IApplicationBuilder app)
    {
        // Kept with the request: a trace is told when its services are gone already.
        var paths = app.ApplicationServices.GetRequiredService<SecretPaths>();
        app.Use(
            (http, next) =>
            {
                http.Features.Set(paths);
                return next(http);
            }
        );
        app.UseSerilogRequestLogging(o =>
        {
            o.MessageTemplate = "{RequestMethod} {RequestPath} {StatusCode} in {Elapsed:0.0} ms";
            o.GetLevel = (http, _, error) =>
                (error is null ? http.Response.StatusCode : StatusCodes.Status500InternalServerError) switch
                {
                    StatusCodes.Status503ServiceUnavailable => LogEventLevel.Warning,
                    >= StatusCodes.Status500InternalServerError => LogEventLevel.Error,
                    _ => IsNoise(http) ? LogEventLevel.Debug : LogEventLevel.Information,
                };
            o.GetMessageTemplateProperties = (http, path, elapsed, status) =>
                [
                    new("RequestMethod", new ScalarValue(http.Request.Method)),
                    new("RequestPath", new ScalarValue(PathOf(http, path))),
                    new("StatusCode", new ScalarValue(status)),
                    new("Elapsed", new ScalarValue(elapsed)),
                ];
            o.EnrichDiagnosticContext = (context, http) =>
            {
                if (http.Person() is { } user)
                    context.Set("UserId", user.Id);
                if (http.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } route })
                    context.Set("Route", route);
            };
        });
    }

    /// <summary>The path of a request as it may be told.</summary>
    public static string PathOf(HttpContext http, string? path = null) =>
        http.Features.Get<SecretPaths>()?.Mask(path ?? http.Request.Path.Value ?? "") ?? "-";

    private sealed class RequestIdEnricher : ILogEventEnricher
    {
        public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
        {
            if (RequestIds.Current is { } id)
                logEvent.AddPropertyIfAbsent(new(RequestIdProperty, new ScalarValue(id)));
        }
    }

    private static bool IsNoise(HttpContext http) =>
        http.Request.Path.StartsWithSegments(HealthEndpoints.Root)
        || http.GetEndpoint()?.Metadata.GetMetadata<StaticAssetDescriptor>() is not null;
}
