using System.Globalization;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;

namespace MdcTts.Infrastructure.Web;

/// <summary>
/// Chooses the language of a request: the profile's, else the cookie's, else the first that the browser asks for, else
/// the firm's; under <c>/api</c> what Accept-Language says.
/// </summary>
public static class Preferences
{
    public const string LanguageCookie = "mdc.language";
    public const string ThemeCookie = "mdc.theme";

    private static readonly CultureInfo English = new("en");
    private static readonly CultureInfo Arabic = new("ar");

    /// <summary>After authentication. Formatting stays invariant: only texts follow the language.</summary>
    public static IApplicationBuilder UseLanguage(this IApplicationBuilder app) =>
        app.Use(
            (http, next) =>
            {
                Speak(http);
                return next(http);
            }
        );

    /// <summary>
    /// Chooses it again where the choice was lost: what answers for a failed request stands outside of the language of
    /// the request.
    /// </summary>
    public static void Speak(HttpContext http)
    {
        var user = http.Person();
        var accepted = http.Request.Headers.AcceptLanguage.ToString();
        var language =
            http.IsApi() && accepted.Length > 0
                ? Accepted(accepted) ?? Words.Languages[0]
                : user?.Language
                    ?? Known(http.Request.Cookies[LanguageCookie])
                    ?? Accepted(accepted)
                    ?? Brand.Of(http).Language
                    ?? Words.Languages[0];
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        CultureInfo.CurrentUICulture = language == "ar" ? Arabic : English;
        http.Response.Headers.ContentLanguage = language;
    }

    /// <summary>The language, when it is one of ours.</summary>
    public static string? Known(string? language) => Words.Languages.Contains(language) ? language : null;

    /// <summary>Keeps a choice in the browser for a year; null forgets it.</summary>
    public static void Remember(HttpContext http, string cookie, string? value)
    {
        if (value is null)
            http.Response.Cookies.Delete(cookie);
        else
            http.Response.Cookies.Append(
                cookie,
                value,
                new()
                {
                    MaxAge = TimeSpan.FromDays(365),
                    HttpOnly = true,
                    SameSite = SameSiteMode.Lax,
                    Secure = http.Request.IsHttps,
                }
            );
    }

    private static string? Accepted(string header)
    {
        var (best, weight) = ((string?)null, -1.0);
        foreach (
            var part in header.Split(',', 20, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        )
        {
            var pieces = part.Split(';', StringSplitOptions.TrimEntries);
            var language = Known(pieces[0].Split('-')[0].ToLowerInvariant());
            var q =
                pieces.Length > 1
                && pieces[1].StartsWith("q=", StringComparison.OrdinalIgnoreCase)
                && double.TryParse(pieces[1].AsSpan(2), NumberStyles.Float, CultureInfo.InvariantCulture, out var given)
                    ? given
                    : 1;
            if (language is not null && q > weight)
                (best, weight) = (language, q);
        }

        return best;
    }
}
