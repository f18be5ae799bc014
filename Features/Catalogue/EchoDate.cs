using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MdcTts.Features.Catalogue;

/// <summary>Answers a box for a date with the day that it understood, in both calendars.</summary>
internal static class EchoDate
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPages("").MapGet(DateEcho.Path, Fragment).RequireAuthorization(Policies.SignedIn);

    // The box sends itself, by its own name.
    private static ContentHttpResult Fragment(HttpContext http) =>
        TypedResults.Text(
            DateEcho.Of(http.Request.Query.Select(q => q.Value.ToString()).FirstOrDefault()),
            "text/html"
        );
}
