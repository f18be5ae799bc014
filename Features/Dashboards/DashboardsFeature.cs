using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Web;

namespace MdcTts.Features.Dashboards;

/// <summary>The start page.</summary>
public static class DashboardsFeature
{
    public const string Root = "/dashboard";

    public static void AddDashboards(this IServiceCollection services) => services.AddScoped<ShowDashboard>();

    public static void MapDashboards(this IEndpointRouteBuilder app) =>
        ShowDashboard.Map(
            app.MapPages("").RequireAuthorization(Policies.SignedIn),
            app.MapApi(Root, "Dashboard").RequireAuthorization(Policies.SignedIn)
        );
}
