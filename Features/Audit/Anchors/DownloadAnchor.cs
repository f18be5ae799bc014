using System.Globalization;
using System.Text;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Web;

namespace MdcTts.Features.Audit.Anchors;

/// <summary>A day's anchor, to be kept elsewhere and given to <c>audit verify --anchor</c>.</summary>
public sealed class DownloadAnchor(AnchorFiles files)
{
    public static void Map(RouteGroupBuilder pages) =>
        pages.MapGet("/anchors/{day}.json", Send).RequireAuthorization(Policies.Admin);

    public Result<Anchor> Handle(string day) =>
        DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
        && files.Read(date) is { } anchor
            ? anchor
            : Problem.NotFound();

    private static IResult Send(string day, DownloadAnchor useCase, HttpContext http) =>
        useCase
            .Handle(day)
            .Match<IResult>(
                anchor =>
                    TypedResults.Bytes(
                        Encoding.UTF8.GetBytes(anchor.ToJson() + "\n"),
                        "application/json",
                        $"audit-anchor-{day}.json"
                    ),
                http.HtmlProblem
            );
}
