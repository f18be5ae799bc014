using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Accounts.Settings;

public sealed class ChangePreferencesTests(SharedApp app) : IClassFixture<SharedApp>
{
    [Fact]
    public async Task The_switch_of_the_page_changes_the_language_and_comes_back()
    {
        var visitor = app.Anonymous;
        var page = await visitor.Page("/signin?returnUrl=%2Fx");

        var answer = (await visitor.Submit(page, "form[action='/language']", new { language = "ar" })).Expect(303);

        Assert.Equal("/signin?returnUrl=%2Fx", answer.Location);
        Assert.Equal("rtl", (await visitor.Follow(answer)).Attribute("html", "dir"));
    }

    [Fact]
    public async Task A_person_keeps_language_and_theme()
    {
        var omar = app.SignedInAs(Omar);

        (await omar.Submit("/language", new { language = "ar" })).Expect(303);
        (await omar.Submit("/theme", new { theme = "dark" })).Expect(303);

        Assert.Equal("ar", (await app.SignedInAs(Omar).Page("/transactions")).Attribute("html", "lang"));
        Assert.Equal("dark", (await omar.Page("/transactions")).Attribute("html", "data-theme"));
        Assert.Equal(
            "dark",
            await app.Db(db => db.Users.Where(u => u.Id == Omar.Id).Select(u => u.Theme).SingleAsync())
        );
    }

    [Theory]
    [InlineData("ar", "ar")]
    [InlineData("ar-SA,en;q=0.8", "ar")]
    [InlineData("fr,en;q=0.5,ar;q=0.9", "ar")]
    [InlineData("fr", "en")]
    [InlineData(";;;q=,ar;q=x", "ar")]
    [InlineData("", "en")]
    public async Task A_stranger_gets_the_language_the_browser_asks_for(string accepted, string language)
    {
        var visitor = app.Anonymous;
        visitor.Headers.TryAddWithoutValidation("Accept-Language", accepted);

        var page = await visitor.Page("/signin");

        Assert.Equal(language, page.Attribute("html", "lang"));
        Assert.Equal(language, page.Header("Content-Language"));
    }

    [Fact]
    public async Task The_api_answers_in_the_language_of_the_request_not_of_the_profile()
    {
        await app.Db(db =>
            db.Users.Where(u => u.Id == Lina.Id).ExecuteUpdateAsync(set => set.SetProperty(u => u.Language, "ar"))
        );
        var api = app.Api(Lina);
        api.Headers.Add("Accept-Language", "en");

        Assert.Equal("Not found", (await api.Get("/transactions/TRX-2026-99999")).Expect(404)["title"]);
    }

    [Theory]
    [InlineData("/language", "language", "xx")]
    [InlineData("/theme", "theme", "pink")]
    [InlineData("/theme", "theme", null)]
    public async Task An_unknown_wish_changes_nothing(string url, string field, string? value)
    {
        var fahad = app.SignedInAs(Fahad);

        var answer = (await fahad.Submit(url, [(field, value), ("returnUrl", "https://evil.example")])).Expect(303);

        Assert.Equal("/", answer.Location);
        Assert.DoesNotContain("mdc.theme", fahad.Cookies.Keys);
        Assert.DoesNotContain("mdc.language", fahad.Cookies.Keys);
        var kept = await app.Db(db => db.Users.SingleAsync(u => u.Id == Fahad.Id));
        Assert.Null(kept.Language);
        Assert.Null(kept.Theme);
    }
}
