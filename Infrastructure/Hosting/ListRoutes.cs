using System.CommandLine;
using System.Text.Json;
using Microsoft.AspNetCore.Authorization;

namespace MdcTts.Infrastructure.Hosting;

/// <summary><c>MdcTts routes [--json]</c>: method, route and policy of every endpoint, as it is enforced.</summary>
public static class ListRoutes
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerOptions.Web) { WriteIndented = true };

    /// <summary>One endpoint.</summary>
    /// <param name="Method">HTTP method.</param>
    /// <param name="Route">Route pattern.</param>
    /// <param name="Policy">The policies, <c>anonymous</c>, or <c>none</c>, which a test forbids.</param>
    public sealed record Entry(string Method, string Route, string Policy);

    public static void AddTo(RootCommand root, RunWeb.Build build)
    {
        var json = new Option<bool>("--json") { Description = "As JSON" };
        var command = new Command("routes", "List every endpoint with its policy") { json };
        command.SetAction(
            async (parsed, _) =>
            {
                await using var app = build([], false);
                var entries = Handle(((IEndpointRouteBuilder)app).DataSources.SelectMany(s => s.Endpoints)).ToList();
                Console.WriteLine(
                    parsed.GetValue(json)
                        ? JsonSerializer.Serialize(entries, Indented)
                        : string.Join('\n', entries.Select(e => $"{e.Method, -7}{e.Route, -60}{e.Policy}"))
                );
            }
        );
        root.Add(command);
    }

    /// <summary>Every endpoint but static files.</summary>
    public static IEnumerable<Entry> Handle(IEnumerable<Endpoint> endpoints) =>
        from endpoint in endpoints.OfType<RouteEndpoint>()
        where
            endpoint.Metadata.GetMetadata<Microsoft.AspNetCore.StaticAssets.StaticAssetDescriptor>() is null
            && endpoint.RoutePattern.RawText != "{**path:file}"
        from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["ANY"]
        orderby endpoint.RoutePattern.RawText, method
        select new Entry(method, endpoint.RoutePattern.RawText ?? "", PolicyOf(endpoint));

    private static string PolicyOf(Endpoint endpoint)
    {
        if (endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            return "anonymous";
        var policies = endpoint
            .Metadata.GetOrderedMetadata<IAuthorizeData>()
            .Select(a => a.Policy ?? "default")
            .Distinct(StringComparer.Ordinal)
            .ToList();
        return policies.Count == 0 ? "none" : string.Join('+', policies);
    }
}
