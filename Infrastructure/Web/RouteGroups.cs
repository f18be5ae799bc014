using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Security;
using Microsoft.AspNetCore.Antiforgery;
using RazorSlices;

namespace MdcTts.Infrastructure.Web;

/// <summary>The two faces of every feature.</summary>
public static class RouteGroups
{
    /// <summary>Where the JSON API starts.</summary>
    public const string Api = "/api/v1";

    /// <summary>
    /// Pages and fragments for browsers: session cookie, antiforgery on every unsafe method, not in the API's document.
    /// </summary>
    public static RouteGroupBuilder MapPages(this IEndpointRouteBuilder app, string root)
    {
        var group = app.MapGroup(root)
            .ExcludeFromDescription()
            .WithMetadata(new FaceMetadata(IsApi: false))
            .DisableAntiforgery();
        group.AddEndpointFilter(
            async (context, next) =>
            {
                var result = await next(context);
                return result is RazorSlice slice ? new GatheredSlice(slice) : result;
            }
        );
        group.AddEndpointFilter(
            async (context, next) =>
            {
                var http = context.HttpContext;
                var method = http.Request.Method;
                // Slices write as they render: what sets a cookie must come first.
                http.AntiforgeryToken();
                if (HttpMethods.IsGet(method) && !http.Request.IsHtmxPart())
                    http.TakeToast();
                if (HttpMethods.IsGet(method) || HttpMethods.IsHead(method))
                    return await next(context);
                if (!await http.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(http))
                {
                    if (await KeptForm.ShowStale(http) is { } again)
                        return again;
                    http.Features.Set(new RefusedForgery());
                    return http.Problem(new Problem(ProblemKind.Malformed, "problem.antiforgery"));
                }

                return http.Request.HasFormContentType
                    ? await http.RequestServices.GetRequiredService<DoOnce>()(context, next)
                    : http.Problem(new Problem(ProblemKind.UnsupportedMedia, "problem.unsupported_media"));
            }
        );
        return group;
    }

    /// <summary>JSON for scripts: bearer tokens only, problems as JSON.</summary>
    public static RouteGroupBuilder MapApi(this IEndpointRouteBuilder app, string root, string tag) =>
        app.MapGroup(Api + root).WithTags(tag).WithMetadata(new FaceMetadata(IsApi: true)).DisableAntiforgery();

    /// <summary>
    /// After everything is mapped. Routing and authorization each ask every group for its endpoints, and a group
    /// compiles all its handlers each time it is asked: here they are kept for the second.
    /// </summary>
    public static void MakeEndpointsOnce(this IEndpointRouteBuilder app)
    {
        var kept = new CompositeEndpointDataSource([.. app.DataSources]);
        app.DataSources.Clear();
        app.DataSources.Add(kept);
    }
}

/// <summary>The request came without the token of a form of ours.</summary>
public sealed record RefusedForgery;

/// <summary>Which face an endpoint belongs to.</summary>
public sealed record FaceMetadata(bool IsApi);
