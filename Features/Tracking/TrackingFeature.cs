using MdcTts.Infrastructure.Web;

namespace MdcTts.Features.Tracking;

/// <summary>Shows where a transaction stands to anyone who has its two numbers or its QR.</summary>
public static class TrackingFeature
{
    public static void AddTracking(this IServiceCollection services)
    {
        services.AddSingleton<TrackingGuesses.Fallback>();
        services.AddScoped<TrackingGuesses>();
        services.AddScoped<TrackTransaction>();
    }

    public static void MapTracking(this IEndpointRouteBuilder app)
    {
        // Not MapPages: nothing is posted here, and an antiforgery token would make every answer different.
        var pages = app.MapGroup("")
            .ExcludeFromDescription()
            .WithMetadata(new FaceMetadata(IsApi: false))
            .DisableAntiforgery();
        var api = app.MapApi(TrackingRoutes.Api, "Tracking");

        TrackTransaction.Map(pages, api);
    }
}
