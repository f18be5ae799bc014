using Microsoft.AspNetCore.Routing.Patterns;

namespace MdcTts.Infrastructure.Logging;

/// <summary>
/// Addresses that are secrets themselves: whoever has the link of a mail or of a QR gets in. What is mapped with a
/// parameter such as <c>{token}</c> is known here by what stands before it.
/// </summary>
/// <remarks>
/// By the path and not by the endpoint: a link is a secret too where no endpoint answers it, such as after a typing
/// error, with another method, or with something behind it.
/// </remarks>
public sealed class SecretPaths(EndpointDataSource endpoints)
{
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase) { "token", "key", "secret" };

    private IReadOnlyList<string[]>? _prefixes;

    /// <summary>The path with a dash in place of a secret and of all that follows it.</summary>
    public string Mask(string path)
    {
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        foreach (var prefix in _prefixes ??= Learn())
            if (
                segments.Length > prefix.Length
                && segments.AsSpan(0, prefix.Length).SequenceEqual(prefix, StringComparer.OrdinalIgnoreCase)
            )
                return $"/{string.Join('/', prefix)}/-";
        return path;
    }

    private List<string[]> Learn() =>
        [
            .. endpoints
                .Endpoints.OfType<RouteEndpoint>()
                .Select(e => e.RoutePattern.PathSegments)
                .Where(s => s.Any(IsSecret))
                .Select(s => s.TakeWhile(p => !IsSecret(p)).ToList())
                .Where(s => s.All(p => p.IsSimple && p.Parts[0].IsLiteral))
                .Select(s => s.Select(LiteralOf).ToArray())
                .DistinctBy(s => string.Join('/', s), StringComparer.OrdinalIgnoreCase),
        ];

    private static bool IsSecret(RoutePatternPathSegment segment) =>
        segment.Parts.Any(part => part is RoutePatternParameterPart parameter && Names.Contains(parameter.Name));

    private static string LiteralOf(RoutePatternPathSegment segment) =>
        ((RoutePatternLiteralPart)segment.Parts[0]).Content;
}
