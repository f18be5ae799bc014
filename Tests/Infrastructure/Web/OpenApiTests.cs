using System.Text.Json;
using MdcTts.Support;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Infrastructure.Web;

[Trait("runs", "once")]
public sealed class OpenApiTests(SharedApp app) : IClassFixture<SharedApp>
{
    private static readonly string[] Methods = ["get", "put", "post", "delete", "patch"];

    [Fact]
    public async Task Every_operation_has_a_summary_and_its_problems()
    {
        var document = await Document();

        Assert.StartsWith("3.1", document.GetProperty("openapi").GetString());
        var operations = (
            from path in document.GetProperty("paths").EnumerateObject()
            from o in path.Value.EnumerateObject()
            where Methods.Contains(o.Name)
            select (Name: $"{o.Name} {path.Name}", o.Value)
        ).ToList();
        Assert.True(operations.Count > 15);
        Check.None(
            operations
                .Where(o => !o.Value.TryGetProperty("summary", out var s) || s.GetString()!.Length < 5)
                .Select(o => o.Name),
            "Without a summary"
        );
        Check.None(
            operations
                .Where(o => !o.Value.GetProperty("responses").EnumerateObject().Any(r => r.Name.StartsWith('4')))
                .Select(o => o.Name),
            "Without a problem"
        );
        Check.None(operations.Where(o => !o.Name.Contains(" /api/v1/")).Select(o => o.Name), "Not of the API");
    }

    [Fact]
    public async Task Every_endpoint_of_the_api_is_described()
    {
        var paths = (await Document()).GetProperty("paths");
        var described = (
            from path in paths.EnumerateObject()
            from o in path.Value.EnumerateObject()
            select $"{o.Name.ToUpperInvariant()} {path.Name.TrimEnd('/')}"
        ).ToHashSet();

        var missing =
            from e in app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            where e.Metadata.GetMetadata<FaceMetadata>() is { IsApi: true }
            from method in e.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
            let path = string.Join('/', e.RoutePattern.PathSegments.Select(s => string.Concat(s.Parts.Select(Plain))))
            select $"{method} /{path}" into name
            where !name.StartsWith("HEAD", StringComparison.Ordinal) && !described.Contains(name)
            select name;
        Check.None(missing);
    }

    [Fact]
    public async Task Every_body_is_described_by_the_members_that_it_takes()
    {
        var document = await Document();
        var schemas = document.GetProperty("components").GetProperty("schemas");
        var paths = document
            .GetProperty("paths")
            .EnumerateObject()
            .ToDictionary(p => p.Name.TrimEnd('/'), p => p.Value, StringComparer.Ordinal);
        var options = app.Services.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        var wrong = new List<string>();
        var seen = 0;
        foreach (
            var e in app
                .Services.GetRequiredService<EndpointDataSource>()
                .Endpoints.OfType<RouteEndpoint>()
                .Where(e => e.Metadata.GetMetadata<FaceMetadata>() is { IsApi: true })
        )
        {
            if (
                e.Metadata.GetMetadata<IAcceptsMetadata>() is not { RequestType: { } type } accepts
                || !accepts.ContentTypes.Contains("application/json")
            )
                continue;
            var segments = e.RoutePattern.PathSegments.Select(s => string.Concat(s.Parts.Select(Plain)));
            var path = "/" + string.Join('/', segments).TrimEnd('/');
            var method = e.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0].ToLowerInvariant();
            var body = paths[path].GetProperty(method).GetProperty("requestBody");
            var schema = body.GetProperty("content").GetProperty("application/json").GetProperty("schema");
            if (schema.TryGetProperty("$ref", out var reference))
                schema = schemas.GetProperty(reference.GetString()!.Split('/')[^1]);
            var described = schema.GetProperty("properties").EnumerateObject().Select(p => p.Name).Order();
            seen++;
            if (!described.SequenceEqual(options.GetTypeInfo(type).Properties.Select(p => p.Name).Order()))
                wrong.Add($"{method} {path}: {string.Join(' ', described)}");
        }

        Assert.True(seen > 10);
        Check.None(wrong, "Described with the members of another body");
    }

    [Fact]
    public async Task The_page_of_the_description_answers()
    {
        var page = await app.SignedInAs(Sara).Page("/api/docs/index.html");

        Assert.StartsWith("text/html", page.Expect(200).Header("Content-Type"));
        Assert.Contains((await app.SignedInAs(Sara).Page("/api/docs")).Status, new[] { 200, 301, 302 });
    }

    private async Task<JsonElement> Document() =>
        JsonDocument.Parse((await app.Anonymous.Page("/openapi/v1.json")).Expect(200).Bytes).RootElement;

    // A parameter without its constraint.
    private static string Plain(RoutePatternPart part) =>
        part switch
        {
            RoutePatternParameterPart p => $"{{{p.Name}}}",
            RoutePatternLiteralPart l => l.Content,
            RoutePatternSeparatorPart s => s.Content,
            _ => "",
        };
}
