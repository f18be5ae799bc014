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
    public async Task An_IPv6_host_is_one_visitor_however_many_addresses_it_has()
    {
        await using var proxied = new ProxiedLimitedApp();
        await proxied.InitializeAsync();

        var statuses = new List<int>();
        for (var i = 0; i < 8; i++)
            statuses.Add(await Ask(proxied, $"2001:db8:1:1::{i + 1:x}"));
        Assert.Equal([404, 404, 404, 404, 404, 429, 429, 429], statuses);
        // The /48 allows 16 times as much: 75 more of other /64s.
        for (var i = 0; i < 75; i++)
            Assert.Equal(404, await Ask(proxied, $"2001:db8:1:{i + 2:x}::1"));
        Assert.Equal(429, await Ask(proxied, "2001:db8:1:ffff::1"));
        Assert.Equal(404, await Ask(proxied, "2001:db8:2:1::1"));
    }

    [Fact]
    public async Task A_browser_that_signed_in_before_does_not_pay_for_its_network()
    {
        await using var proxied = new ProxiedLimitedApp();
        await proxied.InitializeAsync();
        var known = From(proxied, "203.0.113.5");
        (await known.Submit("/signin", new { email = Sara.Email, password = Password })).Expect(303);
        (await known.Submit("/signout", new { })).Expect(303);
        var stranger = From(proxied, "203.0.113.5");
        for (var i = 0; i < 6; i++)
            await stranger.Submit("/signin", new { email = $"nobody{i}@mdc.example", password = "wrong" });

        (await stranger.Submit("/signin", new { email = Sara.Email, password = Password })).Expect(429);
        (await known.Submit("/signin", new { email = Sara.Email, password = Password })).Expect(303);
        var liar = From(proxied, "203.0.113.5");
        liar.Headers.Add("Cookie", "mdc.device=" + new string('a', 43));
        (await liar.Submit("/signin", new { email = Sara.Email, password = Password })).Expect(429);
    }

    public sealed class ProxiedLimitedApp : App
    {
        protected override IEnumerable<(string Name, string Value)> Settings =>
            [
                ("RateLimits:Enabled", "true"),
                ("RateLimits:SignIn", "5"),
                ("RateLimits:Tracking", "5"),
                ("TRUSTED_PROXIES", "127.0.0.1"),
            ];
    }

    private static Visitor From(App app, string address)
    {
        var visitor = app.Anonymous;
        visitor.Headers.Add("X-Forwarded-For", address);
        return visitor;
    }

    private static async Task<int> Ask(App app, string address)
    {
        using var api = app.AnonymousApi;
        api.Headers.Add("X-Forwarded-For", address);
        return (await api.Get("/tracking/guess")).Status;
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
