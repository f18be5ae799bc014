using System.Text;
using Microsoft.Net.Http.Headers;

namespace MdcTts.Infrastructure.Web;

/// <summary>Requests that are right but written in another way than the framework expects.</summary>
public static class RequestForms
{
    /// <summary>
    /// HEAD is GET without the body, wherever GET is answered: monitors, link checkers and previews send it. The server
    /// leaves the body out by itself.
    /// </summary>
    public static IApplicationBuilder UseHeadAsGet(this IApplicationBuilder app) =>
        app.Use(
            async (http, next) =>
            {
                if (!HttpMethods.IsHead(http.Request.Method))
                {
                    await next(http);
                    return;
                }

                http.Features.Set(new AsksForHead());
                http.Request.Method = HttpMethods.Get;
                try
                {
                    await next(http);
                }
                finally
                {
                    http.Request.Method = HttpMethods.Head;
                }
            }
        );

    /// <summary>True when the sender wants no body: a stream would never end.</summary>
    public static bool WantsNoBody(this HttpContext http) => http.Features.Get<AsksForHead>() is not null;

    /// <summary>
    /// Takes the name of a character set in quotes, which HTTP allows, and <c>utf8</c>; answers 415 where we know none
    /// of that name.
    /// </summary>
    public static IApplicationBuilder UseCharsets(this IApplicationBuilder app) =>
        app.Use(
            (http, next) =>
            {
                if (
                    http.Request.ContentType is not { Length: > 0 } given
                    || !given.Contains("charset", StringComparison.OrdinalIgnoreCase)
                )
                    return next(http);
                if (!MediaTypeHeaderValue.TryParse(given, out var type) || NameOf(type) is not { } name)
                    return UnexpectedErrors.Write(http, StatusCodes.Status415UnsupportedMediaType);
                type.Charset = name;
                http.Request.ContentType = type.ToString();
                return next(http);
            }
        );

    private static string? NameOf(MediaTypeHeaderValue type)
    {
        var name = HeaderUtilities.RemoveQuotes(type.Charset).ToString();
        if (name.Equals("utf8", StringComparison.OrdinalIgnoreCase))
            return "utf-8";
        try
        {
            return Encoding.GetEncoding(name).WebName;
        }
        // Unknown, or switched off in .NET, as utf-7 is.
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private sealed record AsksForHead;
}
