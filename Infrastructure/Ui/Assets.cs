using System.Collections.Frozen;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Net.Http.Headers;

namespace MdcTts.Infrastructure.Ui;

/// <summary>
/// Addresses of the static files with the fingerprint of their content, so that browsers keep them for a year.
/// </summary>
public static class Assets
{
    private static FrozenDictionary<string, string> _urls = FrozenDictionary<string, string>.Empty;

    /// <summary>Serves the files under wwwroot and learns their fingerprinted names.</summary>
    /// <remarks>
    /// Short-circuited: a file needs no session, language or rate limit. It brings its own Cache-Control instead of the
    /// private one of pages.
    /// </remarks>
    public static void MapAssets(this WebApplication app)
    {
        app.MapStaticAssets()
            .AllowAnonymous()
            .ShortCircuit()
            .Add(endpoint =>
            {
                var serve = endpoint.RequestDelegate!;
                endpoint.RequestDelegate = http =>
                {
                    http.Response.Headers.Remove(HeaderNames.CacheControl);
                    return serve(http);
                };
            });
        _urls = Learn(app);
    }

    private static FrozenDictionary<string, string> Learn(IEndpointRouteBuilder app) =>
        app
            .DataSources.SelectMany(source => source.Endpoints)
            .Select(endpoint => endpoint.Metadata.GetMetadata<StaticAssetDescriptor>())
            .OfType<StaticAssetDescriptor>()
            .Select(asset => (Label: asset.Properties.FirstOrDefault(p => p.Name == "label")?.Value, asset.Route))
            .Where(asset => asset.Label is not null)
            .DistinctBy(asset => asset.Label, StringComparer.Ordinal)
            .ToFrozenDictionary(asset => asset.Label!, asset => "/" + asset.Route, StringComparer.Ordinal);

    /// <summary>The address by which app.css names the font of a language.</summary>
    /// <param name="weight">400 or 600.</param>
    public static string Font(string language, int weight)
    {
        var end = $"-{(language == "ar" ? "arabic" : "latin")}-{weight}.woff2";
        return "/" + _urls.Keys.First(path => path.EndsWith(end, StringComparison.Ordinal));
    }

    /// <summary>The address of a file under wwwroot; the plain one when it has no fingerprint.</summary>
    public static string Url(string path) => _urls.TryGetValue(path, out var url) ? url : "/" + path;
}
