using System.Text.Encodings.Web;
using System.Text.Unicode;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Health;
using MdcTts.Infrastructure.Logging;
using MdcTts.Infrastructure.Ui;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.ResponseCompression;

namespace MdcTts.Infrastructure.Web;

/// <summary>Where requests come in: limits, the proxies in front, the host names answered to.</summary>
public static class Edge
{
    /// <summary>
    /// Bodies up to this size, unless the endpoint allows more by <c>WithMetadata(new
    /// RequestSizeLimitAttribute(bytes))</c>.
    /// </summary>
    public const long BodyMaxBytes = 1024 * 1024;

    /// <summary>
    /// Longer than any proxy keeps an idle connection, so that none sends a request into a closing one.
    /// </summary>
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(130);

    private static readonly TimeSpan LongTime = TimeSpan.FromMinutes(10);

    public static void AddEdge(this WebApplicationBuilder builder, AppSettings settings)
    {
        settings.RequireAddress(builder.Environment);
        builder.AddLimits();
        builder.AddProxies(settings);
        // Also outside Development: an app that runs from its build folder finds its assets; a published one has them
        // and needs nothing.
        builder.WebHost.UseStaticWebAssets();
        var services = builder.Services;
        services.AddResponseCompression(o =>
        {
            o.EnableForHttps = true;
            // The picture of a link, on each transaction's page.
            o.MimeTypes = [.. ResponseCompressionDefaults.MimeTypes, "image/svg+xml"];
        });
        services.AddExceptionHandler<UnexpectedErrors>();
        services.AddProblemDetails();
        services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(o => ApiJson.Configure(o.SerializerOptions));
        services.AddApiDescription();
        services.AddSingleton<PublicAddress>();
        services.AddSingleton(HtmlEncoder.Create(UnicodeRanges.All));
    }

    /// <summary>
    /// What stands around every request, whatever the process does: its id, its sender, its log line, its headers.
    /// </summary>
    public static void UseEntrance(this WebApplication app)
    {
        app.UseRequestIds();
        app.UseTrustedProxies();
        app.UseRequestLog();
        app.UseSecurityHeaders();
        app.UseHostCookies();
    }

    /// <summary>The first steps of every request, before authentication.</summary>
    public static void UseEdge(this WebApplication app)
    {
        app.UseEntrance();
        app.UseResponseCompression();
        app.UseExceptionHandler();
        app.UseStatusCodePages(context =>
            UnexpectedErrors.Write(context.HttpContext, context.HttpContext.Response.StatusCode)
        );
        app.UseAllowedHosts();
        app.UseCharsets();
        app.UseHeadAsGet();
        app.UseRouting();
        app.UseRequestTimeouts();
    }

    /// <summary>What is served beside the features: files, probes, the description of the API.</summary>
    public static void MapEdge(this WebApplication app)
    {
        app.MapAssets();
        app.MapHealth();
        app.MapApiDescription();
    }

    private static void AddLimits(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(o =>
        {
            o.AddServerHeader = false;
            o.Limits.MaxRequestBodySize = BodyMaxBytes;
            o.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
            o.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(
                builder.Configuration.GetValue("Limits:HeadersSeconds", 15.0)
            );
            // Who trickles is cut off: a slow phone sends hundreds of times as much.
            var grace = TimeSpan.FromSeconds(builder.Configuration.GetValue("Limits:SlowSeconds", 5.0));
            (o.Limits.MinRequestBodyDataRate, o.Limits.MinResponseDataRate) = (new(240, grace), new(240, grace));
            o.Limits.KeepAliveTimeout = KeepAlive;
        });
        builder.Services.AddRequestTimeouts(o =>
            o.DefaultPolicy = new()
            {
                Timeout = TimeSpan.FromSeconds(builder.Configuration.GetValue("Limits:RequestSeconds", 60.0)),
                TimeoutStatusCode = StatusCodes.Status503ServiceUnavailable,
            }
        );
    }

    private static void AddProxies(this WebApplicationBuilder builder, AppSettings settings) =>
        builder.Services.Configure<ForwardedHeadersOptions>(o =>
        {
            o.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            o.KnownProxies.Clear();
            o.KnownIPNetworks.Clear();
            foreach (var network in settings.TrustedProxies)
                o.KnownIPNetworks.Add(network);
            o.ForwardLimit = Math.Max(1, builder.Configuration.GetValue("Proxies:Hops", 1));
        });

    /// <summary>For what takes longer by its nature: large files either way.</summary>
    public static RouteHandlerBuilder TakesLong(this RouteHandlerBuilder builder)
    {
        builder.WithRequestTimeout(LongTime);
        return builder;
    }

    /// <summary>First in the pipeline: everything after sees the client's own address and scheme.</summary>
    public static void UseTrustedProxies(this WebApplication app)
    {
        // Without listed proxies the headers are anybody's claim.
        if (app.Services.GetRequiredService<AppSettings>().TrustedProxies.Count > 0)
            app.UseForwardedHeaders();
    }

    /// <summary>Refuses host names that are not ours. Probes are let through: they call by address.</summary>
    public static void UseAllowedHosts(this WebApplication app)
    {
        if (app.Services.GetRequiredService<AppSettings>().AllowedHosts is not { Count: > 0 } hosts)
            return;
        app.Use(
            (http, next) =>
                hosts.Contains(http.Request.Host.Host) || http.Request.Path.StartsWithSegments(HealthEndpoints.Root)
                    ? next(http)
                    : UnexpectedErrors.Write(http, StatusCodes.Status400BadRequest, "problem.host")
        );
    }
}
