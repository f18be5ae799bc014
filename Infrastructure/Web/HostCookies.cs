using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http.Features;

namespace MdcTts.Infrastructure.Web;

/// <summary>
/// Over https every cookie of ours is called <c>__Host-…</c> in the browser, which then keeps it for this host and for
/// https only: neither a neighbouring host nor plain http can plant one. The app itself knows the short names, and over
/// plain http (a trial, development) the browser does too.
/// </summary>
public static class HostCookies
{
    private const string Prefix = "__Host-";

    /// <summary>After the scheme is known, before anybody reads or sets a cookie.</summary>
    public static IApplicationBuilder UseHostCookies(this IApplicationBuilder app) =>
        app.Use(
            (http, next) =>
            {
                if (http.Request.IsHttps)
                {
                    http.Features.Set<IRequestCookiesFeature>(new Sent(http.Request.Cookies));
                    http.Features.Set<IResponseCookiesFeature>(new Answered(http.Response.Cookies));
                }

                return next(http);
            }
        );

    private sealed class Sent : IRequestCookiesFeature
    {
        public Sent(IRequestCookieCollection cookies) =>
            Cookies = new Known(
                cookies
                    .Where(c => c.Key.StartsWith(Prefix, StringComparison.Ordinal))
                    .ToDictionary(c => c.Key[Prefix.Length..], c => c.Value, StringComparer.Ordinal)
            );

        public IRequestCookieCollection Cookies { get; set; }
    }

    private sealed class Known(Dictionary<string, string> cookies) : IRequestCookieCollection
    {
        public string? this[string key] => cookies.GetValueOrDefault(key);
        public int Count => cookies.Count;
        public ICollection<string> Keys => cookies.Keys;

        public bool ContainsKey(string key) => cookies.ContainsKey(key);

        public bool TryGetValue(string key, [NotNullWhen(true)] out string? value) =>
            cookies.TryGetValue(key, out value);

        public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => cookies.GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }

    private sealed class Answered(IResponseCookies cookies) : IResponseCookiesFeature, IResponseCookies
    {
        IResponseCookies IResponseCookiesFeature.Cookies => this;

        public void Append(string key, string value) => Append(key, value, new());

        public void Append(string key, string value, CookieOptions options) =>
            cookies.Append(Prefix + key, value, OfHost(options));

        public void Delete(string key) => Delete(key, new());

        public void Delete(string key, CookieOptions options) => cookies.Delete(Prefix + key, OfHost(options));

        // The prefix asks for these, or the browser keeps nothing.
        private static CookieOptions OfHost(CookieOptions options) =>
            new(options)
            {
                Secure = true,
                Path = "/",
                Domain = null,
            };
    }
}
