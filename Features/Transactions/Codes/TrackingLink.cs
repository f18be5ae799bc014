using MdcTts.Features.Tracking;
using MdcTts.Infrastructure;

namespace MdcTts.Features.Transactions.Codes;

/// <summary>The absolute address behind a QR.</summary>
public static class TrackingLink
{
    /// <summary>PUBLIC_URL, or the address of this request, and the transaction's secret.</summary>
    public static string Of(string token, AppSettings settings, HttpRequest request) =>
        (settings.PublicUrl ?? $"{request.Scheme}://{request.Host}{request.PathBase}") + TrackingRoutes.Link(token);
}
