using System.Globalization;
using System.Text;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Web;

namespace MdcTts.Features.Audit.Anchors;

/// <summary>A day's anchor, to be kept elsewhere and given to <c>audit verify --anchor</c>.</summary>
public static class DownloadAnchor
{
    public static void Map(RouteGroupBuilder pages) =>
        pages.MapGet("/anchors/{day}.json", Send).RequireAuthorization(Policies.Admin);

    private static IResult Send(string day, AnchorFiles files, HttpContext http) =>
        DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
        && files.Read(date) is { } anchor
            ? TypedResults.Bytes(
                Encoding.UTF8.GetBytes(anchor.ToJson() + "\n"),
                "application/json",
                $"audit-anchor-{day}.json"
            )
            : http.HtmlProblem(Problem.NotFound());
}
