using System.Text;
using MdcTts.Infrastructure.Logging;
using MdcTts.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Infrastructure.Web;

/// <summary>What every request meets first: how it is written, over which way it comes, what is logged of it.</summary>
[Trait("runs", "once")]
public sealed class EdgeTests(EdgeTests.ProxiedApp app) : IClassFixture<EdgeTests.ProxiedApp>
{
    /// <summary>Behind a proxy that speaks https.</summary>
    public sealed class ProxiedApp : App
    {
        protected override IEnumerable<(string, string)> Settings => [("TRUSTED_PROXIES", "127.0.0.1")];
    }

    [Theory]
    [InlineData("/reset/SECRET", "/reset/-")]
    [InlineData("/RESET/SECRET/x", "/reset/-")]
    [InlineData("//reset//SECRET", "/reset/-")]
    [InlineData("/invitation/SECRET", "/invitation/-")]
    [InlineData("/register/confirm/SECRET", "/register/confirm/-")]
    [InlineData("/T/SECRET.", "/t/-")]
    [InlineData("/Api/V1/Tracking/SECRET", "/api/v1/tracking/-")]
    [InlineData("/transactions/TRX-2026-00001", "/transactions/TRX-2026-00001")]
    [InlineData("/reset", "/reset")]
    [InlineData("/track", "/track")]
    public void A_link_that_lets_in_stands_in_no_log(string path, string told) =>
        Assert.Equal(told, app.Services.GetRequiredService<SecretPaths>().Mask(path), ignoreCase: true);

    [Theory]
    [InlineData("/signin")]
    [InlineData("/track")]
    [InlineData("/t/nothing")]
    [InlineData("/reset/nothing")]
    [InlineData("/")]
    [InlineData("/api/v1/tracking/nothing")]
    [InlineData("/health/live")]
    public async Task Head_is_answered_like_get_without_the_body(string url)
    {
        var get = await app.Anonymous.Page(url);
        var head = await app.Anonymous.Send(new(HttpMethod.Head, url));

        Assert.Equal(get.Status, head.Status);
        Assert.Equal(get.Header("Content-Type"), head.Header("Content-Type"));
        Assert.Equal(get.Location, head.Location);
        Assert.Empty(head.Bytes);
    }

    [Fact]
    public async Task Head_is_answered_for_people_and_scripts_and_ends_a_stream_at_once()
    {
        var sara = app.SignedInAs(Sara);

        (await sara.Send(new(HttpMethod.Head, "/transactions"))).Expect(200);
        (await app.Api(Sara).Send(HttpMethod.Head, "/transactions")).Expect(200);
        using var stream = new HttpRequestMessage(HttpMethod.Head, "/transactions/live?list=")
        {
            Headers = { { "Accept", "text/event-stream" } },
        };
        (await sara.Send(stream)).Expect(200);
    }

    [Fact]
    public async Task Over_https_every_cookie_is_of_this_host_and_secure()
    {
        using var http = Https();
        var page = await http.GetAsync("/signin");
        var cookies = page.Headers.GetValues("Set-Cookie").ToList();
        var antiforgery = Assert.Single(cookies);
        Assert.StartsWith("__Host-mdc.antiforgery=", antiforgery, StringComparison.Ordinal);
        Assert.Equal(
            "max-age=31536000; includeSubDomains",
            page.Headers.GetValues("Strict-Transport-Security").Single()
        );

        var token = new AngleSharp.Html.Parser.HtmlParser()
            .ParseDocument(await page.Content.ReadAsStringAsync())
            .QuerySelector("[name=__RequestVerificationToken]")!
            .GetAttribute("value")!;
        http.DefaultRequestHeaders.Add("Cookie", antiforgery.Split(';')[0]);
        var signedIn = await http.PostAsync(
            "/signin",
            new FormUrlEncodedContent([
                new("email", Sara.Email),
                new("password", Password),
                new("__RequestVerificationToken", token),
            ])
        );
        Assert.Equal(303, (int)signedIn.StatusCode);
        cookies.AddRange(signedIn.Headers.GetValues("Set-Cookie"));

        Assert.Contains(cookies, c => c.StartsWith("__Host-mdc.session=", StringComparison.Ordinal));
        Assert.Contains(cookies, c => c.StartsWith("__Host-mdc.device=", StringComparison.Ordinal));
        Assert.All(
            cookies,
            c =>
            {
                Assert.StartsWith("__Host-", c, StringComparison.Ordinal);
                Assert.Contains("; secure", c, StringComparison.OrdinalIgnoreCase);
                Assert.Contains("; path=/;", c + ";", StringComparison.OrdinalIgnoreCase);
                Assert.Contains("; httponly", c, StringComparison.OrdinalIgnoreCase);
                Assert.DoesNotContain("domain=", c, StringComparison.OrdinalIgnoreCase);
            }
        );

        var session = cookies.Single(c => c.StartsWith("__Host-mdc.session=", StringComparison.Ordinal)).Split(';')[0];
        Assert.Equal(200, await StatusOf("/transactions", session));
        // One that a neighbouring host or plain http could have planted.
        Assert.Equal(302, await StatusOf("/transactions", session["__Host-".Length..]));
    }

    [Fact]
    public async Task Over_plain_http_names_are_short_and_nothing_asks_for_https()
    {
        var page = (await app.Anonymous.Page("/signin")).Expect(200);

        Assert.StartsWith("mdc.antiforgery=", page.Header("Set-Cookie"), StringComparison.Ordinal);
        Assert.Null(page.Header("Strict-Transport-Security"));
    }

    [Fact]
    public async Task A_link_in_a_mail_leaves_open_forms_as_they_are() =>
        // A strict cookie is not sent with a navigation from webmail; then a new one would be set over it.
        Assert.Contains(
            "samesite=lax",
            (await app.Anonymous.Page("/signin")).Header("Set-Cookie"),
            StringComparison.OrdinalIgnoreCase
        );

    [Theory]
    [InlineData("application/json; charset=\"utf-8\"", 401)]
    [InlineData("application/json; charset=utf8", 401)]
    [InlineData("application/json;charset=UTF-8", 401)]
    [InlineData("application/json; charset=", 415)]
    [InlineData("application/json; charset=no-such-set", 415)]
    [InlineData("application/json; charset=utf-7", 415)]
    [InlineData("application/json; charset=\"", 415)]
    public async Task A_character_set_is_understood_or_refused(string type, int status)
    {
        using var http = new HttpClient { BaseAddress = app.Address };
        var body = new ByteArrayContent(Encoding.UTF8.GetBytes("""{"email":"nobody@mdc.example","password":"x"}"""));
        body.Headers.TryAddWithoutValidation("Content-Type", type);

        Assert.Equal(status, (int)(await http.PostAsync("/api/v1/auth/login", body)).StatusCode);
        Assert.Empty(app.Errors);
    }

    [Fact]
    public async Task A_member_that_is_there_twice_is_refused()
    {
        var answer = await app.AnonymousApi.PostRaw("/auth/login", """{"email":"a@b.sa","email":"c@d.sa"}""");

        Assert.Equal("unreadable-json", answer.Expect(400).Problem);
    }

    [Fact]
    public async Task The_api_is_the_api_in_any_case_of_letters() =>
        Assert.Equal("status-401", (await app.AnonymousApi.Get("/api/../API/V1/transactions")).Expect(401).Problem);

    [Fact]
    public async Task Text_says_its_character_set()
    {
        var page = await app.Anonymous.Page("/signin");
        var sheet = page.Attribute("link[rel=stylesheet]", "href")!;

        Assert.Equal("text/css; charset=utf-8", (await app.Anonymous.Page(sheet)).Header("Content-Type"));
        Assert.Equal(
            "application/problem+json; charset=utf-8",
            (await app.AnonymousApi.Get("/transactions")).Expect(401).Header("Content-Type")
        );
    }

    [Theory]
    [InlineData("\u200f{0}")]
    [InlineData("{0}\u200b")]
    [InlineData("\u202a{0}\u202c")]
    public async Task Invisible_marks_beside_an_address_are_none_of_it(string pasted)
    {
        var email = string.Format(System.Globalization.CultureInfo.InvariantCulture, pasted, Omar.Email);

        (await app.AnonymousApi.Post("/auth/login", new { email, password = Password })).Expect(200);
        Assert.True(Text.EmailAddress.TryRead(email, out var read));
        Assert.Equal(Omar.Email, read);
    }

    private HttpClient Https() =>
        new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false })
        {
            BaseAddress = app.Address,
            DefaultRequestHeaders = { { "X-Forwarded-Proto", "https" }, { "X-Forwarded-For", "203.0.113.9" } },
        };

    private async Task<int> StatusOf(string url, string cookie)
    {
        using var http = Https();
        http.DefaultRequestHeaders.Add("Cookie", cookie);
        return (int)(await http.GetAsync(url)).StatusCode;
    }
}
