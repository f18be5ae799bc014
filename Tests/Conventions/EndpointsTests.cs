using System.Text.RegularExpressions;
using MdcTts.Infrastructure.Hosting;
using MdcTts.Infrastructure.Web;
using MdcTts.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MdcTts.Conventions;

[Trait("runs", "once")]
public sealed partial class EndpointsTests(SharedApp app) : IClassFixture<SharedApp>
{
    /// <summary>All that answers without credentials. Whoever adds a line here has thought about it.</summary>
    private static readonly string[] Anonymous =
    [
        "GET /signin",
        "POST /signin",
        "POST /signout",
        "GET /signin/code",
        "POST /signin/code",
        "POST /signin/passkey",
        "POST /signin/passkey/options",
        "POST /language",
        "POST /theme",
        "GET /register",
        "POST /register",
        "GET /register/done",
        "POST /register/again",
        "GET /register/confirm/{token}",
        "POST /register/confirm/{token}",
        "GET /register/confirmed",
        "GET /invitation/{token}",
        "POST /invitation/{token}",
        "GET /forgot",
        "POST /forgot",
        "GET /forgot/sent",
        "GET /reset/{token}",
        "POST /reset/{token}",
        "POST /password/strength",
        "GET /logo",
        "GET /setup",
        "POST /setup",
        "GET /track",
        "GET /t/{token}",
        "GET /api/v1/tracking",
        "GET /api/v1/tracking/{token}",
        "POST /api/v1/auth/login",
        "POST /api/v1/auth/refresh",
        "GET /health",
        "HEAD /health",
        "GET /health/live",
        "HEAD /health/live",
        "GET /health/ready",
        "HEAD /health/ready",
        "GET /openapi/{documentName}.json",
    ];

    private List<ListRoutes.Entry> Routes =>
        [.. ListRoutes.Handle(app.Services.GetRequiredService<EndpointDataSource>().Endpoints)];

    [Fact]
    public void Every_endpoint_says_who_may_use_it()
    {
        var routes = Routes;
        Assert.True(routes.Count > 5);

        Check.None(
            routes.Where(r => r.Policy == "none").Select(r => $"{r.Method} {r.Route}"),
            "Give each of these .RequireAuthorization(Policies.…) in its Map"
        );
    }

    [Fact]
    public void Only_the_listed_endpoints_answer_without_credentials()
    {
        var open = Routes.Where(r => r.Policy == "anonymous").Select(r => $"{r.Method} /{r.Route.Trim('/')}").ToList();
        Assert.Contains("GET /signin", open);

        Check.None(
            open.Except(Anonymous),
            "Anybody may use these: give them a policy, or list them as Anonymous in EndpointsTests"
        );
    }

    [Fact]
    public void A_page_and_its_twin_in_the_api_ask_for_the_same()
    {
        var routes = Routes.ToLookup(r => (r.Method, Nameless(r.Route)), r => r.Policy);
        var twins = routes
            .Where(r => !r.Key.Item2.StartsWith(RouteGroups.Api, StringComparison.Ordinal))
            .Select(page =>
                (
                    page.Key,
                    Page: page.First(),
                    Api: routes[(page.Key.Method, RouteGroups.Api + page.Key.Item2)].FirstOrDefault()
                )
            )
            .Where(t => t.Api is not null)
            .ToList();
        Assert.NotEmpty(twins);

        // The API names active colleagues to editors, so that they can hand over work; the page of all people is the
        // admins'.
        Check.None(
            twins
                .Where(t => t.Page != t.Api && t.Key != ("GET", "/users"))
                .Select(t => $"{t.Key}: page {t.Page}, API {t.Api}"),
            "Give the page and its twin in the API the same policy"
        );
    }

    [Fact]
    public void Pages_and_api_keep_to_their_own_side()
    {
        var endpoints = app
            .Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Select(e =>
                (Route: "/" + e.RoutePattern.RawText!.TrimStart('/'), Face: e.Metadata.GetMetadata<FaceMetadata>())
            )
            .Where(e => e.Face is not null)
            .ToList();
        Assert.NotEmpty(endpoints);

        Check.None(
            endpoints
                .Where(e => e.Face!.IsApi != e.Route.StartsWith("/api/", StringComparison.Ordinal))
                .Select(e => e.Route),
            "Map pages on the group of MapPages, and what stands under /api/ on the group of MapApi"
        );
    }

    private static string Nameless(string route) => "/" + Parameter().Replace(route, "{}").Trim('/');

    [GeneratedRegex(@"\{[^}]*\}", RegexOptions.None, 1000)]
    private static partial Regex Parameter();
}
