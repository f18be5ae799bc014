using System.Text.Json;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Infrastructure.Web;

/// <summary>A form whose token is no longer good, as the browser posts it: with its origin.</summary>
public sealed class StaleFormTests(SharedApp app) : IClassFixture<SharedApp>
{
    private const string Stale = "a token of an earlier page";

    [Fact]
    public async Task It_is_shown_again_with_what_was_typed_and_is_sent_with_a_new_token()
    {
        var title = $"Stale {Guid.NewGuid():N}";
        const string description = "First line.\r\nSecond <line> & \"more\".";
        var visitor = Browser(app.SignedInAs(Sara));
        visitor.Headers.Referrer = new(app.Address, "/transactions/new?client=1");
        var page = (await visitor.Page("/transactions/new")).Expect(200);
        var again = (
            await visitor.Submit(
                page,
                "form.stack.narrow",
                new
                {
                    title,
                    description,
                    type = "approval_request",
                    client = Municipality.Id,
                    __RequestVerificationToken = Stale,
                }
            )
        ).Expect(400);

        Assert.Equal("Please send it again", again.TextOf("h1"));
        Assert.True(again.IsWholePage);
        Assert.Equal(["title", "description"], Shown(again, title, description));
        Assert.Equal("/transactions/new?client=1", again.Attribute(".card a", "href"));
        Assert.False(await app.Db(db => db.Transactions.AnyAsync(t => t.Title == title)));

        var done = (await visitor.Submit(again, "#stale")).Expect(303);
        Assert.StartsWith("/transactions/TRX-", done.Location);
        var kept = await app.Db(db => db.Transactions.SingleAsync(t => t.Title == title));
        Assert.Equal(description.ReplaceLineEndings("\n"), kept.Description!.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task What_a_page_sends_by_itself_brings_it_a_new_token()
    {
        var visitor = Browser(app.SignedInAs(Sara));
        const string url = "/password/strength";

        var stale = (await visitor.Submit(url, Posted(("password", "abc")), htmx: true)).Expect(204);

        using var told = JsonDocument.Parse(stale.Header("HX-Trigger")!);
        var token = told.RootElement.GetProperty("token").GetProperty("value").GetString();
        List<(string, string?)> fields = [("password", "abc"), (Security.AntiforgeryTokens.Field, token)];
        (await visitor.Submit(url, fields, htmx: true)).Expect(200);
    }

    [Fact]
    public async Task Passwords_are_not_carried_but_typed_again()
    {
        var person = await app.Given.User();
        var visitor = Browser(app.Anonymous);

        var again = (await visitor.Submit("/signin", Posted(("email", person.Email), ("password", Password)))).Expect(
            400
        );

        Assert.DoesNotContain(Password, again.Text, StringComparison.Ordinal);
        Assert.Equal("password", again.Attribute("#stale input[name=password]", "type"));
        (await visitor.Submit(again, "#stale", new { password = Password })).Expect(303);
        (await visitor.Page("/account")).Expect(200);
    }

    [Fact]
    public async Task A_file_is_chosen_again()
    {
        var visitor = Browser(app.SignedInAs(Sara));
        visitor.Headers.Referrer = new(app.Address, "/transactions/imports");
        using var parts = new MultipartFormDataContent
        {
            { new ByteArrayContent([1]), "file", "register.xlsx" },
            { new StringContent(Stale), Security.AntiforgeryTokens.Field },
        };

        var again = (await visitor.Send(new(HttpMethod.Post, "/transactions/imports/") { Content = parts })).Expect(
            400
        );

        Assert.Contains("choose it once more", again.TextOf("[role=alert]"));
        Assert.False(again.Has("#stale"));
        Assert.Equal("/transactions/imports", again.Attribute(".card a", "href"));
    }

    [Fact]
    public async Task It_speaks_arabic()
    {
        var visitor = Browser(app.SignedInAs(Sara).In("ar"));

        Assert.Contains("أعد الإرسال", (await visitor.Submit("/account/mails", Posted())).Expect(400).TextOf("h1"));
    }

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Sec-Fetch-Site", "none")]
    public async Task What_another_site_posts_is_refused_and_never_offered(string header, string value)
    {
        var visitor = app.SignedInAs(Sara);
        if (header != "Origin")
            visitor.Headers.Add("Origin", app.Address.GetLeftPart(UriPartial.Authority));
        visitor.Headers.Add(header, value);

        var refused = (await visitor.Submit("/account/mails", Posted(("x", "with blanks")))).Expect(400);

        Assert.False(refused.Has("#stale"));
        Assert.DoesNotContain("with blanks", refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_word_of_the_browser_it_is_refused() =>
        Assert.False((await app.SignedInAs(Sara).Submit("/account/mails", Posted())).Expect(400).Has("#stale"));

    private Visitor Browser(Visitor visitor)
    {
        visitor.Headers.Add("Origin", app.Address.GetLeftPart(UriPartial.Authority));
        return visitor;
    }

    private static List<(string, string?)> Posted(params (string, string?)[] fields) =>
        [.. fields, (Security.AntiforgeryTokens.Field, Stale)];

    private static IEnumerable<string> Shown(Answer page, params string[] texts) =>
        texts.Select(text =>
            page.Document.QuerySelectorAll("#stale input[type=hidden]")
                .Single(i => i.GetAttribute("value")!.ReplaceLineEndings("\n") == text.ReplaceLineEndings("\n"))
                .GetAttribute("name")!
        );
}
