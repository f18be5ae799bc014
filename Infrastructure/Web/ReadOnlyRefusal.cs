using MdcTts.Infrastructure.ReadOnly;

namespace MdcTts.Infrastructure.Web;

/// <summary>Refuses what a read-only system does not do.</summary>
public static class ReadOnlyRefusal
{
    /// <summary>After the settings are known and before anything is done.</summary>
    public static void UseReadOnly(this WebApplication app) =>
        app.Use((http, next) => ReadOnlyRequests.IsAllowed(http) ? next(http) : Write(http));

    /// <summary>503: try again later.</summary>
    public static Task Write(HttpContext http)
    {
        http.Response.Headers.RetryAfter = "300";
        return UnexpectedErrors.Write(http, StatusCodes.Status503ServiceUnavailable, "problem.read_only");
    }
}
