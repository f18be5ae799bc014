using MdcTts.Support;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Infrastructure.Web;

[Trait("runs", "once")]
public sealed class RateLimitsTests(RateLimitsTests.LimitedApp app) : IClassFixture<RateLimitsTests.LimitedApp>
{
    public sealed class LimitedApp : App
    {
        protected override IEnumerable<(string Name, string Value)> Settings =>
            [("RateLimits:Enabled", "true"), ("RateLimits:SignIn", "3"), ("RateLimits:Authenticated", "5")];
    }

    [Fact]
    public async Task Guessing_passwords_ends_with_429_and_a_time_to_come_back()
    {
        var visitor = app.Anonymous;
        for (var i = 0; i < 3; i++)
            (await visitor.Submit("/signin", new { email = Sara.Email, password = "wrong" })).Expect(422);

        var answer = (await visitor.Submit("/signin", new { email = Sara.Email, password = Password })).Expect(429);

        Assert.InRange(int.Parse(answer.Header("Retry-After")!), 1, 60);
        Assert.Contains("Too many requests", answer.TextOf("h1"));
        (await visitor.Page("/signin")).Expect(200);
    }

    [Fact]
    public async Task Each_person_has_an_own_count_that_every_answer_tells()
    {
        var omar = app.Api(Omar);

        var left = new List<string?>();
        for (var i = 0; i < 5; i++)
            left.Add((await omar.Get("/transactions")).Expect(200).Header("RateLimit-Remaining"));
        var refused = (await omar.Get("/transactions")).Expect(429);

        Assert.Equal(["4", "3", "2", "1", "0"], left);
        Assert.Equal("5", refused.Header("RateLimit-Limit"));
        Assert.NotNull(refused.Header("RateLimit-Reset"));
        Assert.NotNull(refused.Header("Retry-After"));
        Assert.Equal("status-429", refused.Problem);
        (await app.Api(Fahad).Get("/transactions")).Expect(200);
        // The same person is the same whichever way they come.
        (await app.SignedInAs(Omar).Page("/transactions")).Expect(429);
    }

    [Fact]
    public async Task Htmx_gets_the_refusal_as_a_notice()
    {
        var lina = app.SignedInAs(Lina);
        for (var i = 0; i < 5; i++)
            (await lina.Page("/transactions")).Expect(200);

        var answer = (await lina.Fragment("/transactions")).Expect(429);

        Assert.False(answer.IsWholePage);
        Assert.Equal("#notices", answer.Header("HX-Retarget"));
    }
}
