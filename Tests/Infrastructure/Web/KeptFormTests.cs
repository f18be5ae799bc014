using MdcTts.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Infrastructure.Web;

/// <summary>Forms that cannot be taken, as browsers post them: with their origin, and with or without script.</summary>
public sealed class KeptFormTests(SharedApp app) : IClassFixture<SharedApp>
{
    [Fact]
    public async Task After_the_session_a_form_is_shown_with_what_was_typed_and_is_sent_after_signing_in()
    {
        var (person, text) = (await app.Given.User(role: Security.Role.Admin), $"Gone {Guid.NewGuid():N}");
        var transaction = await app.Given.Transaction("Discussed", status: "submitted");
        var visitor = Browser(app.Anonymous);

        var kept = (await visitor.Submit($"/transactions/{transaction.Number}/comments", new { text })).Expect(401);
        Assert.Equal("You are signed out", kept.TextOf("h1"));
        Assert.Equal(text, kept.TextOf("textarea[readonly]"));
        var signIn = kept.Attribute("a.btn[target=_blank]", "href")!;
        Assert.Equal($"/signin?returnUrl=%2Ftransactions%2F{transaction.Number}", signIn);

        var entered = await visitor.Submit(
            (await visitor.Page(signIn)).Expect(200),
            "form[action='/signin']",
            new { email = person.Email, password = Password }
        );
        (await visitor.Follow(entered)).Expect(200);
        var again = (await visitor.Submit(kept, "#stale")).Expect(400);
        (await visitor.Submit(again, "#stale")).Expect(303);
        Assert.Equal(1, await app.Db(db => db.History.CountAsync(h => h.Text == text)));
    }

    [Theory]
    [Trait("runs", "once")]
    [MemberData(nameof(KindsOfForms.All), MemberType = typeof(KindsOfForms))]
    public async Task Every_kind_of_form_is_kept_whatever_comes_between(string url, string fields)
    {
        var transaction = await app.Given.Transaction("Kept", status: "submitted", by: Sara, assignee: Sara);
        var (to, form) = KindsOfForms.Of(url, fields, transaction.Number);

        // The session is over.
        var kept = (await Browser(app.Anonymous).Submit(to, form)).Expect(401);
        KindsOfForms.AssertKept(kept, to, form);
        Assert.True(kept.Has("a.btn[target=_blank][href^='/signin?returnUrl=']"));

        // The token is old, and the one of the page that says so is good.
        var nasser = Browser(app.SignedInAs(Nasser));
        var stale = (await nasser.Submit(to, [.. form, (Security.AntiforgeryTokens.Field, "old")])).Expect(400);
        KindsOfForms.AssertKept(stale, to, form);
        Assert.NotEmpty(stale.Attribute($"#stale [name={Security.FormKeys.Field}]", "value")!);

        // What it is about is out of sight.
        if (url.Contains("/{0}/", StringComparison.Ordinal) && form.Exists(f => f.Value == "Typed words"))
        {
            var lost = await Browser(app.SignedInAs(Lina)).Submit(to, form);
            Assert.Contains(lost.Status, new[] { 403, 404 });
            Assert.Contains(
                "Typed words",
                lost.Document.QuerySelectorAll("textarea[readonly]").Select(t => t.TextContent)
            );
        }
    }

    [Theory]
    [InlineData("/transactions/TRX-2026-00001/comments", null, "/transactions/TRX-2026-00001")]
    [InlineData("/transactions", "/transactions/new?client=1", "/transactions/new?client=1")]
    [InlineData(
        "/transactions/TRX-2026-00001/comments",
        "/transactions/TRX-2026-00001/status",
        "/transactions/TRX-2026-00001"
    )]
    [InlineData("/transactions/bulk", null, "/transactions")]
    [InlineData("/users/7/approval", "https://evil.example/users", "/users/7")]
    public async Task The_page_after_signing_in_is_the_one_of_the_thing(string url, string? from, string page)
    {
        var visitor = app.Anonymous;
        if (from is not null)
            visitor.Headers.Referrer = new(app.Address, from);

        var answer = (await visitor.Submit(url, new { text = "x" })).Expect(302);

        Assert.Equal($"/signin?returnUrl={Uri.EscapeDataString(page)}", answer.Location);
    }

    [Fact]
    [Trait("runs", "once")]
    public async Task No_post_leads_to_an_address_that_only_takes_posts()
    {
        var endpoints = app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();
        var urls = endpoints
            .Where(e =>
                e.Metadata.GetMetadata<FaceMetadata>() is { IsApi: false }
                && e.Metadata.GetMetadata<Microsoft.AspNetCore.Authorization.IAllowAnonymous>() is null
                && e.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Contains("POST")
            )
            .Select(e => "/" + string.Join('/', e.RoutePattern.PathSegments.Select(Sample)))
            .ToList();
        Assert.True(urls.Count > 40);
        using var admin = app.SignedInAs(Nasser);

        var pages = new HashSet<string>();
        foreach (var url in urls)
            if ((await app.Anonymous.Submit(url)).Location is { } to && to.StartsWith("/signin?returnUrl="))
                pages.Add(Uri.UnescapeDataString(to.Split('=')[1]));
        Assert.True(pages.Count > 15);
        foreach (var page in pages)
            Assert.NotEqual(405, (await admin.Page(page)).Status);
    }

    [Theory]
    [InlineData("partial", "#notices")]
    [InlineData("full", null)]
    public async Task A_script_is_told_401_and_stays_on_its_page(string type, string? target)
    {
        var visitor = app.Anonymous;
        visitor.Headers.Add("HX-Request", "true");
        visitor.Headers.Add("HX-Request-Type", type);
        visitor.Headers.Add("HX-Current-URL", new Uri(app.Address, "/transactions/new").AbsoluteUri);

        var told = (await visitor.Submit("/transactions/drafts/new", new { title = "x" })).Expect(401);

        Assert.Equal((null, target), (told.Header("HX-Redirect"), told.Header("HX-Retarget")));
        Assert.False(told.IsWholePage);
        Assert.Equal("/signin?returnUrl=%2Ftransactions%2Fnew", told.Attribute(".say a", "href"));
    }

    [Fact]
    public async Task What_is_out_of_sight_leaves_the_text_for_copying()
    {
        var transaction = await app.Given.Transaction("Handed over", status: "submitted", by: Sara, assignee: Sara);
        var lina = Browser(app.SignedInAs(Lina).In("ar"));

        var lost = (await lina.Submit($"/transactions/{transaction.Number}/comments", new { text = "word" })).Expect(
            404
        );

        Assert.Equal("word", lost.TextOf("textarea[readonly]"));
        Assert.Contains("انسخه", lost.TextOf("[role=alert]"));
        Assert.False(lost.Has("#stale"));
    }

    [Fact]
    public async Task What_looks_for_news_does_not_take_the_result_away()
    {
        var transaction = await app.Given.Transaction("Talked about", status: "submitted");
        var sara = app.SignedInAs(Nasser);
        (await sara.Submit($"/transactions/{transaction.Number}/comments", new { text = "Well" })).Expect(303);
        var page = $"/transactions/{transaction.Number}";

        using var news = new HttpRequestMessage(HttpMethod.Get, page);
        news.Headers.Add("X-Unattended", "1");
        Assert.False((await sara.Send(news)).Has(".toast > span:not(:empty)"));
        Assert.Equal("Comment added.", (await sara.Page(page)).TextOf("#toasts .toast span"));
    }

    private static string Sample(Microsoft.AspNetCore.Routing.Patterns.RoutePatternPathSegment segment) =>
        segment.Parts[0] switch
        {
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { Name: "id" } part
                when part.ParameterPolicies.Any(p => p.Content == "guid") => Guid.Empty.ToString(),
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { Name: "family" } => new string('x', 22),
            _ => "1",
        };

    private Visitor Browser(Visitor visitor)
    {
        visitor.Headers.Add("Origin", app.Address.GetLeftPart(UriPartial.Authority));
        return visitor;
    }
}
