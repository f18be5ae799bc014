using System.Globalization;
using MdcTts.Infrastructure.Web;

namespace MdcTts.Features.Audit;

/// <summary>Addresses of this feature; their JSON versions have the same paths under <c>/api/v1</c>.</summary>
public static class AuditRoutes
{
    public const string Root = "/audit";
    public const string Export = Root + "/export";
    public const string Verification = Root + "/verification";

    public static string One(long id) => string.Create(CultureInfo.InvariantCulture, $"{Root}/{id}");

    public static string Anchor(DateOnly day) =>
        $"{Root}/anchors/{day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}.json";

    /// <summary>What happened to one thing.</summary>
    public static string Of(string entityType, string key) => Root + QueryText.Of(("entity", entityType), ("key", key));
}
