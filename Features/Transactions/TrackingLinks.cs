using MdcTts.Infrastructure.Configuration;

namespace MdcTts.Features.Transactions;

/// <summary>The public address behind a QR.</summary>
public sealed class TrackingLinks(AppSettings settings, IHttpContextAccessor http)
{
    /// <summary>PUBLIC_URL when set; else the address that the person uses, which host filtering has let in.</summary>
    public string For(string token)
    {
        var request = http.HttpContext?.Request;
        var root = settings.PublicUrl ?? (request is null ? "" : $"{request.Scheme}://{request.Host}");
        return $"{root}/t/{token}";
    }
}
