using MdcTts.Support;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Infrastructure.Web;

[Trait("runs", "once")]
public sealed class ProblemsTests(SharedApp app) : IClassFixture<SharedApp>
{
    [Theory]
    [InlineData("ar")]
    [InlineData("ar-SA,en;q=0.5")]
    public async Task Problems_speak_the_callers_language(string wish)
    {
        var api = app.Api(Sara);
        api.Headers.TryAddWithoutValidation("Accept-Language", wish);

        var answer = await api.Get("/transactions/TRX-2026-99999");

        Assert.Matches(@"\p{IsArabic}", answer.Expect(404)["title"]);
        Assert.Matches(@"\p{IsArabic}", answer["detail"]);
        Assert.Equal("urn:mdc:problem:not-found", answer["type"]);
    }

    [Theory]
    [InlineData("en")]
    [InlineData("fr, de;q=0.5")]
    [InlineData("")]
    [InlineData("*;q=x,,,;")]
    public async Task Otherwise_they_are_in_English(string wish)
    {
        var api = app.Api(Sara);
        if (wish.Length > 0)
            api.Headers.TryAddWithoutValidation("Accept-Language", wish);

        var answer = await api.Post(
            "/transactions",
            new
            {
                title = "",
                client = "1",
                type = "payment",
            }
        );

        Assert.DoesNotMatch(@"\p{IsArabic}", answer.Expect(422).Text);
        Assert.Equal(
            ["type", "title", "status", "detail", "instance", "traceId", "errors"],
            answer.Json.EnumerateObject().Select(p => p.Name)
        );
        Assert.Equal(("422", "/api/v1/transactions"), (answer["status"], answer["instance"]));
        Assert.StartsWith("application/problem+json", answer.Header("Content-Type"));
    }

    [Fact]
    public async Task A_stranger_hears_that_there_is_no_such_page_and_is_not_asked_to_sign_in_for_it()
    {
        Assert.Contains("Not found", (await app.Anonymous.Page("/nowhere")).Expect(404).Text);
        (await app.Anonymous.Page("/favicon.ico")).Expect(404);
        Assert.Contains("/signin", (await app.Anonymous.Page("/transactions")).Expect(302).Location);
        Assert.Contains("Disallow: /", (await app.Anonymous.Page("/robots.txt")).Expect(200).Text);
    }

    [Fact]
    public async Task Under_the_api_there_is_never_a_page()
    {
        foreach (
            var (answer, status) in new[]
            {
                (await app.Api(Sara).Get("/nowhere"), 404),
                (await app.AnonymousApi.Get("/nowhere"), 404),
                (await app.Api(Sara).Delete("/transactions"), 405),
                (await app.AnonymousApi.Get("/transactions"), 401),
                (await app.Api(Huda).Post("/transactions"), 403),
            }
        )
        {
            Assert.True(answer.Status == status || (status == 404 && answer.Status == 401), answer.ToString());
            Assert.NotNull(answer.Problem);
        }
    }
}

/// <summary>With the limits that are off in other tests, and small.</summary>
[Trait("runs", "once")]
public sealed class TooManyRequestsTests(TooManyRequestsTests.Limited app) : IClassFixture<TooManyRequestsTests.Limited>
{
    public sealed class Limited : App
    {
        protected override IEnumerable<(string, string)> Settings =>
            [("RateLimits:Enabled", "true"), ("RateLimits:Authenticated", "8")];
    }

    [Fact]
    public async Task Every_answer_tells_what_remains_and_then_429_when_nothing_does()
    {
        var (sara, omar) = (app.Api(Sara), app.Api(Omar));

        for (var left = 7; left >= 0; left--)
        {
            var answer = await sara.Get(left % 2 == 0 ? "/transactions" : "/transactions/TRX-2026-99999");
            Assert.Equal(("8", $"{left}"), (answer.Header("RateLimit-Limit"), answer.Header("RateLimit-Remaining")));
            Assert.InRange(int.Parse(answer.Header("RateLimit-Reset")!), 1, 60);
        }

        var refused = await sara.Get("/transactions");
        Assert.Equal("status-429", refused.Expect(429).Problem);
        Assert.InRange(int.Parse(refused.Header("Retry-After")!), 1, 60);
        Assert.Equal("0", refused.Header("RateLimit-Remaining"));
        (await omar.Get("/transactions")).Expect(200);
    }
}
