using System.Text.RegularExpressions;
using MdcTts.Support;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Infrastructure.Web;

[Trait("runs", "once")]
public sealed partial class SecurityHeadersTests(SharedApp app) : IClassFixture<SharedApp>
{
    [Fact]
    public async Task Every_kind_of_answer_carries_them()
    {
        var sheet = (await app.Anonymous.Page("/signin")).Attribute("link[rel=stylesheet]", "href")!;
        var (sara, api) = (app.SignedInAs(Sara), app.Api(Sara));
        var answers = new Dictionary<string, IReadOnlyDictionary<string, string>>
        {
            ["page"] = (await sara.Page("/transactions")).Expect(200).Headers,
            ["fragment"] = (await sara.Fragment("/transactions")).Expect(200).Headers,
            ["sign-in"] = (await app.Anonymous.Page("/signin")).Expect(200).Headers,
            ["redirect"] = (await app.Anonymous.Page("/transactions")).Expect(302).Headers,
            ["no such page"] = (await sara.Page("/nothing/here")).Expect(404).Headers,
            ["bad filter"] = (await sara.Page("/transactions?status=x")).Expect(400).Headers,
            ["no token"] = (await sara.Send(new(HttpMethod.Post, "/signout"))).Expect(400).Headers,
            ["wrong method"] = (await sara.Send(new(HttpMethod.Delete, "/transactions"))).Expect(405).Headers,
            ["api"] = (await api.Get("/transactions")).Expect(200).Headers,
            ["api 401"] = (await app.AnonymousApi.Get("/transactions")).Expect(401).Headers,
            ["api 404"] = (await api.Get("/nothing/here")).Expect(404).Headers,
            ["static"] = (await app.Anonymous.Page(sheet)).Expect(200).Headers,
            ["static 304"] = (
                await app.Anonymous.Send(
                    new(HttpMethod.Get, sheet)
                    {
                        Headers = { { "If-None-Match", (await app.Anonymous.Page(sheet)).Header("ETag") } },
                    }
                )
            )
                .Expect(304)
                .Headers,
            ["health"] = (await app.Anonymous.Page("/health/live")).Expect(200).Headers,
            ["too large"] = (await app.SignedInAs(Nasser).Submit("/clients", new { name = new string('x', 2_000_000) }))
                .Expect(413)
                .Headers,
        };

        // Expect has looked at them; of every answer in every test.
        Assert.All(answers.Values, headers => Assert.Contains(Answer.SecurityHeaders[0], headers.Keys));
        Check.None(
            answers.Where(a => a.Value.ContainsKey("Server") || a.Value.ContainsKey("X-Powered-By")).Select(a => a.Key),
            "These name the server"
        );
    }

    [Fact]
    public async Task Nothing_private_is_kept_and_fingerprinted_files_are_kept_for_ever()
    {
        Assert.Contains("no-store", (await app.SignedInAs(Sara).Page("/transactions")).Header("Cache-Control"));
        Assert.Contains("no-store", (await app.Api(Sara).Get("/transactions")).Header("Cache-Control"));

        var files = (await app.Anonymous.Page("/signin"))
            .Document.QuerySelectorAll("link[rel=stylesheet], script[src]")
            .Select(e => e.GetAttribute("href") ?? e.GetAttribute("src")!)
            .ToList();
        Assert.True(files.Count >= 3);
        foreach (var url in files)
        {
            Assert.Matches(Fingerprinted(), url);
            Assert.Contains("immutable", (await app.Anonymous.Page(url)).Expect(200).Header("Cache-Control"));
        }
    }

    [Fact]
    public async Task The_policy_allows_no_inline_script_and_no_frame()
    {
        var policy = (await app.Anonymous.Page("/signin")).Header("Content-Security-Policy")!;

        Assert.Contains("default-src 'none'", policy);
        Assert.Contains("frame-ancestors 'none'", policy);
        Assert.DoesNotContain("unsafe", policy);
        Assert.DoesNotContain("*", policy);
    }

    [Fact]
    public async Task Errors_under_the_api_are_json_and_elsewhere_pages()
    {
        Assert.Equal(
            "application/problem+json; charset=utf-8",
            (await app.Api(Sara).Get("/nothing")).Expect(404).Header("Content-Type")
        );
        Assert.StartsWith(
            "text/html",
            (await app.SignedInAs(Sara).Page("/nothing")).Expect(404).Header("Content-Type")
        );
        Assert.Equal(
            "application/problem+json; charset=utf-8",
            (await app.Api(Sara).PostRaw("/transactions", "{ not json")).Expect(400).Header("Content-Type")
        );
        Assert.Equal(
            "application/problem+json; charset=utf-8",
            (await app.Api(Sara).PostRaw("/transactions", "a=b", "text/plain")).Expect(415).Header("Content-Type")
        );
    }

    [GeneratedRegex(@"\.[a-z0-9]{10}\.(css|js)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Fingerprinted();
}
