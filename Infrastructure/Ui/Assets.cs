using System.Collections.Frozen;
using Microsoft.AspNetCore.StaticAssets;

namespace MdcTts.Infrastructure.Ui;

/// <summary>Addresses of the static files with the fingerprint of their content, so that browsers keep them for a year.</summary>
public static class Assets
{
    private static FrozenDictionary<string, string> _urls = FrozenDictionary<string, string>.Empty;

    /// <summary>Learns the fingerprinted names from the endpoints that <c>MapStaticAssets</c> made.</summary>
    public static void Learn(IEndpointRouteBuilder app) => _urls = app.DataSources
        .SelectMany(source => source.Endpoints)
        .Select(endpoint => endpoint.Metadata.GetMetadata<StaticAssetDescriptor>())
        .OfType<StaticAssetDescriptor>()
        .Select(asset => (Label: asset.Properties.FirstOrDefault(p => p.Name == "label")?.Value, asset.Route))
        .Where(asset => asset.Label is not null)
        .DistinctBy(asset => asset.Label, StringComparer.Ordinal)
        .ToFrozenDictionary(asset => asset.Label!, asset => "/" + asset.Route, StringComparer.Ordinal);

    /// <summary>The address of a file under wwwroot; the plain one when it has no fingerprint.</summary>
    public static string Url(string path) => _urls.TryGetValue(path, out var url) ? url : "/" + path;
}
