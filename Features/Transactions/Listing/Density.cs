using MdcTts.Infrastructure.ReadOnly;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;

namespace MdcTts.Features.Transactions.Listing;

/// <summary>How high the rows of the register are. Kept in the browser: a laptop and a large screen differ.</summary>
public static class Density
{
    public const string Cookie = "mdc.density";
    public const string Usual = "normal";

    /// <summary>From low to high.</summary>
    public static IReadOnlyList<string> All { get; } = ["compact", Usual, "comfortable"];

    public static string Of(HttpContext http) =>
        http.Request.Cookies[Cookie] is { } kept && All.Contains(kept) ? kept : Usual;

    public static void Map(RouteGroupBuilder pages) =>
        pages.MapPost("/density", Submit).RequireAuthorization(Policies.Staff).OpenReadOnly(writesNothing: true);

    private static IResult Submit([FromForm] string? density, [FromForm] string? returnUrl, HttpContext http)
    {
        if (All.Contains(density))
            Preferences.Remember(http, Cookie, density);
        return http.SeeOther(Html.LocalPath(returnUrl));
    }
}
