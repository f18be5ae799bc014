using Microsoft.AspNetCore.Antiforgery;

namespace MdcTts.Infrastructure.Security;

/// <summary>The token that unsafe requests of a page must carry.</summary>
public static class AntiforgeryTokens
{
    /// <summary>The form field's name.</summary>
    public const string Field = "__RequestVerificationToken";

    /// <summary>The header htmx sends.</summary>
    public const string Header = "RequestVerificationToken";

    /// <summary>
    /// The token of this request; made once and kept for all forms of the page. Sets a cookie, so it is first asked for
    /// before anything is written.
    /// </summary>
    public static string AntiforgeryToken(this HttpContext http)
    {
        if (http.Items.TryGetValue(Field, out var held))
            return (string)held!;
        var token = http.RequestServices.GetRequiredService<IAntiforgery>().GetAndStoreTokens(http).RequestToken!;
        http.Items[Field] = token;
        return token;
    }
}
