namespace MdcTts.Features.Tracking;

/// <summary>Addresses that anybody may open.</summary>
public static class TrackingRoutes
{
    public const string Form = "/track";
    public const string Api = "/tracking";

    /// <summary>The QR's link.</summary>
    public static string Link(string token) => $"/t/{token}";
}
