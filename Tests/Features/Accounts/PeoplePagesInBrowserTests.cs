using MdcTts.Support;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Accounts;

[Collection(Browser.Collection)]
[Trait("runs", "once")]
public sealed class PeoplePagesInBrowserTests(App app, Browser browser) : IClassFixture<App>
{
    [Theory]
    [InlineData("en", 1440, false)]
    [InlineData("ar", 390, true)]
    [InlineData("ar", 1440, false)]
    [InlineData("en", 390, true)]
    public async Task Their_pages_are_accessible_in_both_languages_and_themes(string language, int width, bool dark)
    {
        var project = await app.Given.Project();
        await using var tab = await browser.Open(app, Nasser, language: language, width: width, dark: dark);
        foreach (var url in new[]
        {
            "/users", "/users/new", $"/users/{Huda.Id}", "/account", "/account/password", "/account/tokens", "/clients", "/clients/new", $"/clients/{Municipality.Id}", $"/clients/{Municipality.Id}/edit",
            "/projects", "/projects/new", $"/projects/{project.Code}", $"/projects/{project.Code}/edit",
        })
        {
            await tab.Go(url);
            await tab.AssertAccessible();
            await tab.AssertNoSidewaysScroll();
        }
    }
}
