using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace MdcTts.Infrastructure.Web;

/// <summary>The API's description at <c>/openapi/v1.json</c> and its page at <c>/api/docs</c>.</summary>
public static class OpenApi
{
    /// <summary>Where the API is described for people.</summary>
    public const string Docs = "/api/docs";

    private const string Scheme = "bearer";

    // What each status of a problem means; the texts of single problems are in the catalogue.
    private static readonly (int Status, string Meaning)[] Problems =
    [
        (400, "Unreadable request, or an unknown filter, sort or value: the allowed ones are listed"),
        (401, "No valid credentials"),
        (403, "Known, but not allowed"),
        (404, "Absent, or not yours"),
        (409, "The state forbids it"),
        (422, "Well-formed, with wrong fields"),
        (429, "Too many requests: see Retry-After"),
    ];

    public static void AddApiDescription(this IServiceCollection services) =>
        services.AddOpenApi(
            "v1",
            o =>
            {
                o.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
                o.CreateSchemaReferenceId = SchemaIdOf;
                o.AddDocumentTransformer(
                    (document, _, _) =>
                    {
                        document.Info = new()
                        {
                            Title = "MDC Transactions",
                            Version = "v1",
                            Description =
                                "Send a personal access token as Authorization: Bearer mdc_…; "
                                + "errors are RFC 9457 problems.",
                        };
                        // Relative: the same document serves every address it is read from.
                        document.Servers = [new() { Url = "/" }];
                        document.Components ??= new();
                        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(
                            StringComparer.Ordinal
                        )
                        {
                            [Scheme] = new OpenApiSecurityScheme
                            {
                                Type = SecuritySchemeType.Http,
                                Scheme = "bearer",
                                Description = "A personal access token, or the accessToken of POST /auth/login",
                            },
                        };
                        document.Security = [new() { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] }];
                        return Task.CompletedTask;
                    }
                );
                o.AddOperationTransformer(
                    (operation, context, _) =>
                    {
                        foreach (var (status, meaning) in Problems)
                        {
                            (operation.Responses ??= []).TryAdd(
                                status.ToString(System.Globalization.CultureInfo.InvariantCulture),
                                new OpenApiResponse
                                {
                                    Description = meaning,
                                    Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
                                    {
                                        ["application/problem+json"] = new() { Example = Example(status) },
                                    },
                                }
                            );
                        }

                        if (
                            context
                                .Description.ActionDescriptor.EndpointMetadata.OfType<ExampleMetadata>()
                                .FirstOrDefault()
                                is { } example
                            && operation.RequestBody?.Content is { } content
                        )
                            foreach (var media in content.Values)
                                media.Example = JsonNode.Parse(example.Json);
                        return Task.CompletedTask;
                    }
                );
            }
        );

    public static void MapApiDescription(this WebApplication app) => app.MapOpenApi().AllowAnonymous();

    /// <summary>
    /// The browsable page, as open as the description it shows: before authorization, which asks for a signed-in person
    /// wherever no endpoint says otherwise.
    /// </summary>
    public static void UseApiDocs(this WebApplication app) =>
        app.UseWhen(
            http => http.Request.Path.StartsWithSegments(Docs),
            docs =>
                docs.UseSwaggerUI(o =>
                {
                    o.RoutePrefix = Docs.TrimStart('/');
                    o.SwaggerEndpoint("/openapi/v1.json", "v1");
                    o.DocumentTitle = "MDC Transactions API";
                })
        );

    /// <summary>An example of the body that an operation takes.</summary>
    public static TBuilder WithExample<TBuilder>(this TBuilder builder, string json)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new ExampleMetadata(json));

    // By default every nested type called Command would be described by the first one of that name.
    private static string? SchemaIdOf(JsonTypeInfo type) =>
        OpenApiOptions.CreateDefaultSchemaReferenceId(type) is null ? null : NameOf(type.Type);

    private static string NameOf(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner)
            return NameOf(inner);
        var name = type.DeclaringType?.Name + type.Name.Split('`')[0];
        return type.IsGenericType ? $"{name}Of{string.Concat(type.GetGenericArguments().Select(NameOf))}" : name;
    }

    private static JsonObject Example(int status) =>
        new()
        {
            ["type"] = status switch
            {
                404 => "urn:mdc:problem:not-found",
                422 => "urn:mdc:problem:invalid",
                409 => "urn:mdc:problem:invalid-transition",
                _ => $"urn:mdc:problem:status-{status}",
            },
            ["title"] = "…",
            ["detail"] = "…",
            ["status"] = status,
            ["instance"] = "/api/v1/…",
            ["traceId"] = "…",
        };

    private sealed record ExampleMetadata(string Json);
}
