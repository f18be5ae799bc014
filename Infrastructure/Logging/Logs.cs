using System.Globalization;
using MdcTts.Infrastructure.Health;
using MdcTts.Infrastructure.Security;
using Microsoft.AspNetCore.StaticAssets;
using Serilog;
using Serilog.Events;
using Serilog.Formatting.Compact;

namespace MdcTts.Infrastructure.Logging;

/// <summary>
/// The log on stdout: words on a terminal, one JSON object a line otherwise (<c>Log:Json</c> decides when set). One line a request, without query string, secrets or names.
/// </summary>
public static class Logs
{
    private static readonly string[] SecretParameters = ["token", "key", "secret"];

    public static void AddLogs(this WebApplicationBuilder builder)
    {
        var json = builder.Configuration.GetValue<bool?>("Log:Json") ?? Console.IsOutputRedirected;
        builder.Host.UseSerilog((context, log) =>
        {
            log.ReadFrom.Configuration(context.Configuration);
            if (json) log.WriteTo.Console(new RenderedCompactJsonFormatter());
            else log.WriteTo.Console(formatProvider: CultureInfo.InvariantCulture);
        });
    }

    public static void UseRequestLog(this IApplicationBuilder app) => app.UseSerilogRequestLogging(o =>
    {
        o.MessageTemplate = "{RequestMethod} {RequestPath} {StatusCode} in {Elapsed:0.0} ms";
        o.GetLevel = (http, _, error) => error is not null || http.Response.StatusCode >= 500 ? LogEventLevel.Error : IsNoise(http) ? LogEventLevel.Debug : LogEventLevel.Information;
        o.GetMessageTemplateProperties = (http, path, elapsed, status) =>
        [
            new("RequestMethod", new ScalarValue(http.Request.Method)), new("RequestPath", new ScalarValue(PathOf(http, path))),
            new("StatusCode", new ScalarValue(status)), new("Elapsed", new ScalarValue(elapsed)),
        ];
        o.EnrichDiagnosticContext = (context, http) =>
        {
            if (http.Features.Get<CurrentUser>() is { } user) context.Set("UserId", user.Id);
            if (http.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } route }) context.Set("Route", route);
        };
    });

    // A path may itself be a secret: whoever has the link of a QR may track. Then the route's pattern stands for it.
    internal static string PathOf(HttpContext http, string path) =>
        http.GetEndpoint() is RouteEndpoint { RoutePattern: { } pattern } && pattern.Parameters.Any(p => SecretParameters.Contains(p.Name, StringComparer.OrdinalIgnoreCase))
            ? pattern.RawText ?? ""
            : path;

    private static bool IsNoise(HttpContext http) =>
        http.Request.Path.StartsWithSegments(HealthEndpoints.Root) || http.GetEndpoint()?.Metadata.GetMetadata<StaticAssetDescriptor>() is not null;
}
