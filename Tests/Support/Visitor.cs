using System.Globalization;
using System.Net;
using AngleSharp.Html.Dom;
using MdcTts.Features.Accounts;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace MdcTts.Support;

/// <summary>A browser without script: keeps cookies, never follows a redirect by itself.</summary>
public sealed partial class Visitor : IDisposable
{
    private readonly App _app;
    private readonly RequestLog _log;
    private readonly CookieContainer _cookies = new();
    private readonly HttpClient _http;

    internal Visitor(App app, RequestLog log, (string Name, string Value)? session = null)
    {
        (_app, _log) = (app, log);
        _http = new(new SocketsHttpHandler { CookieContainer = _cookies, AllowAutoRedirect = false })
        {
            BaseAddress = app.Address,
        };
        if (session is var (name, value))
            _cookies.Add(_app.Address, new Cookie(name, value));
    }

    /// <summary>Sent with every request; <c>Accept-Language</c> for one.</summary>
    public System.Net.Http.Headers.HttpRequestHeaders Headers => _http.DefaultRequestHeaders;

    /// <summary>The cookies by name.</summary>
    public IReadOnlyDictionary<string, string> Cookies =>
        _cookies.GetCookies(_app.Address).ToDictionary(c => c.Name, c => c.Value);

    /// <summary>The same visitor with the pages in Arabic or English.</summary>
    public Visitor In(string language)
    {
        _cookies.Add(_app.Address, new Cookie(Preferences.LanguageCookie, language));
        return this;
    }

    /// <summary>A whole page, as a browser asks for it.</summary>
    public Task<Answer> Page(string url) => Send(new(HttpMethod.Get, url));

    /// <summary>What htmx asks for.</summary>
    public Task<Answer> Fragment(string url) => Send(Htmx(new(HttpMethod.Get, url)));

    /// <summary>Posts fields; the antiforgery token comes along by itself. A field may be repeated.</summary>
    public Task<Answer> Submit(string url, IEnumerable<(string Name, string? Value)> form, bool htmx = false)
    {
        var fields = form.Where(f => f.Value is not null).Select(f => KeyValuePair.Create(f.Name, f.Value!)).ToList();
        if (fields.All(f => f.Key != AntiforgeryTokens.Field))
            fields.Add(new(AntiforgeryTokens.Field, AntiforgeryToken()));
        return Post(url, new FormUrlEncodedContent(fields), htmx);
    }

    /// <summary>The same from an object: <c>new { note = "…", to = "submitted" }</c>.</summary>
    public Task<Answer> Submit(string url, object? form = null, bool htmx = false) => Submit(url, FieldsOf(form), htmx);

    /// <summary>
    /// Fills in and sends a form of a page as a browser would: hidden fields, chosen options and the token that the
    /// page holds included.
    /// </summary>
    public Task<Answer> Submit(Answer page, string css, object? fill = null, bool htmx = false)
    {
        var form =
            page.Document.QuerySelector(css) as IHtmlFormElement
            ?? throw new Xunit.Sdk.XunitException($"No form {css} in {page}");
        var fields = Filled(form, FieldsOf(fill));
        var url = form.GetAttribute("action") is { Length: > 0 } action ? action : page.Url;
        return form.Method == "post"
            ? Post(url, new FormUrlEncodedContent(fields), htmx)
            : Send(
                new(
                    HttpMethod.Get,
                    url.Split('?')[0]
                        + "?"
                        + string.Join(
                            '&',
                            fields.Select(f => $"{Uri.EscapeDataString(f.Key)}={Uri.EscapeDataString(f.Value)}")
                        )
                )
            );
    }

    /// <summary>Uploads files (multipart) with other fields; the antiforgery token comes along by itself.</summary>
    public Task<Answer> Upload(
        string url,
        string field,
        string fileName,
        byte[] content,
        object? form = null,
        bool htmx = false
    )
    {
        var parts = new MultipartFormDataContent { { new ByteArrayContent(content), field, fileName } };
        foreach (var (name, value) in FieldsOf(form))
            parts.Add(new StringContent(value ?? ""), name);
        parts.Add(new StringContent(AntiforgeryToken()), AntiforgeryTokens.Field);
        return Post(url, parts, htmx);
    }

    /// <summary>Goes where a redirect points.</summary>
    public Task<Answer> Follow(Answer answer) =>
        Page(answer.Location ?? throw new Xunit.Sdk.XunitException($"No redirect: {answer}"));

    /// <summary>Anything else.</summary>
    public async Task<Answer> Send(HttpRequestMessage request)
    {
        var name = Guid.NewGuid().ToString("N");
        request.Headers.Add(RequestLog.Header, name);
        try
        {
            using var response = await _http.SendAsync(request);
            return await Answer.Read(response, _log.StatementsOf(name), _app);
        }
        catch (HttpRequestException broken)
        {
            throw new Xunit.Sdk.XunitException(
                $"No whole answer to {request.Method} {request.RequestUri}: {broken.Message}\n"
                    + $"{string.Join('\n', _app.Errors.TakeLast(2))}",
                broken
            );
        }
    }

    /// <summary>A token that a page for this visitor would hold.</summary>
    public string AntiforgeryToken()
    {
        using var scope = _app.Services.CreateScope();
        var http = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        if (Ticket() is { } ticket)
            http.User = ticket.Principal;
        http.Request.Headers.Cookie = _cookies.GetCookieHeader(_app.Address);
        var tokens = scope.ServiceProvider.GetRequiredService<IAntiforgery>().GetTokens(http);
        if (tokens.CookieToken is { } cookie)
            _cookies.Add(
                _app.Address,
                new Cookie(
                    scope.ServiceProvider.GetRequiredService<IOptions<AntiforgeryOptions>>().Value.Cookie.Name!,
                    cookie
                )
            );
        return tokens.RequestToken!;
    }

    public void Dispose() => _http.Dispose();

    /// <summary>The session cookie, for a real browser.</summary>
    internal static (string Name, string Value) SessionOf(App app, int userId)
    {
        var session = app.Db(async db =>
            {
                var user = await db.Users.SingleAsync(u => u.Id == userId);
                var begun = Sessions.Begin(new DefaultHttpContext(), db, user, app.Now);
                await db.SaveChangesAsync();
                return begun;
            })
            .GetAwaiter()
            .GetResult();
        var options = Options(app);
        var now = app.Clock.GetUtcNow();
        var ticket = new AuthenticationTicket(
            Sessions.PrincipalOf(session),
            new() { IssuedUtc = now, ExpiresUtc = now + options.ExpireTimeSpan },
            Sessions.Cookie
        );
        return (options.Cookie.Name!, options.TicketDataFormat.Protect(ticket));
    }

    private AuthenticationTicket? Ticket()
    {
        var options = Options(_app);
        return Cookies.TryGetValue(options.Cookie.Name!, out var value)
            ? options.TicketDataFormat.Unprotect(value)
            : null;
    }

    private static CookieAuthenticationOptions Options(App app) =>
        app.Services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(Sessions.Cookie);

    private Task<Answer> Post(string url, HttpContent content, bool htmx)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = content };
        return Send(htmx ? Htmx(request) : request);
    }

    private static HttpRequestMessage Htmx(HttpRequestMessage request)
    {
        request.Headers.Add("HX-Request", "true");
        request.Headers.Add("HX-Request-Type", "partial");
        return request;
    }

    private static List<KeyValuePair<string, string>> Filled(
        IHtmlFormElement form,
        IReadOnlyList<(string Name, string? Value)> fill
    )
    {
        var fields = new List<KeyValuePair<string, string>>();
        foreach (
            var control in form.Elements.Where(e =>
                e.GetAttribute("name") is { Length: > 0 } && !e.HasAttribute("disabled")
            )
        )
        {
            var name = control.GetAttribute("name")!;
            if (fill.Any(f => f.Name == name))
                continue;
            switch (control)
            {
                case IHtmlSelectElement select:
                    fields.AddRange(
                        select.Options.Where(o => o.IsSelected).Select(o => KeyValuePair.Create(name, o.Value))
                    );
                    break;
                case IHtmlInputElement { Type: "checkbox" or "radio", IsChecked: false }
                or IHtmlInputElement { Type: "submit" or "button" or "file" }
                or IHtmlButtonElement:
                    break;
                case IHtmlInputElement input:
                    fields.Add(new(name, input.Value));
                    break;
                case IHtmlTextAreaElement text:
                    fields.Add(new(name, text.Value));
                    break;
            }
        }

        fields.AddRange(fill.Where(f => f.Value is not null).Select(f => KeyValuePair.Create(f.Name, f.Value!)));
        return fields;
    }

    private static IReadOnlyList<(string Name, string? Value)> FieldsOf(object? form) =>
        form switch
        {
            null => [],
            IEnumerable<(string, string?)> pairs => [.. pairs],
            IEnumerable<KeyValuePair<string, string>> pairs => [.. pairs.Select(p => (p.Key, (string?)p.Value))],
            _ => [.. form.GetType().GetProperties().SelectMany(p => Values(p.GetValue(form)).Select(v => (p.Name, v)))],
        };

    private static IEnumerable<string?> Values(object? value) =>
        value switch
        {
            null => [],
            string text => [text],
            System.Collections.IEnumerable many => many.Cast<object>().SelectMany(Values),
            bool yes => [yes ? "true" : "false"],
            IFormattable thing =>
            [
                thing.ToString(thing is DateOnly ? "yyyy-MM-dd" : null, CultureInfo.InvariantCulture),
            ],
            _ => [value.ToString()],
        };
}
