using MdcTts.Infrastructure.Web;

namespace MdcTts.Features.Tracking;

/// <summary>Where a transaction stands, for anyone who holds its two numbers or its QR.</summary>
public static class TrackingFeature
{
    public static void MapTracking(this IEndpointRouteBuilder app)
    {
        // Not MapPages: nothing is posted here, and a token in each page would make no two answers alike.
        var pages = app.MapGroup("")
            .ExcludeFromDescription()
            .WithMetadata(new FaceMetadata(IsApi: false))
            .DisableAntiforgery();
        var api = app.MapApi(TrackingRoutes.Api, "Tracking");

        TrackTransaction.Map(pages, api);
    }
}
