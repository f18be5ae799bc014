using MdcTts.Support;
using Microsoft.Playwright;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Accounts.SignIn;

[Collection(Browser.Collection)]
[Trait("runs", "once")]
public sealed class SignInPageInBrowserTests(SharedApp app, Browser browser) : IClassFixture<SharedApp>
{
    [Theory]
    [InlineData("en", 1440)]
    [InlineData("ar", 390)]
    public async Task The_sign_in_page_is_accessible(string language, int width)
    {
        await using var tab = await browser.Open(app, language: language, width: width);

        await tab.Go("/signin");

        await Assertions.Expect(tab.Page.Locator("html")).ToHaveAttributeAsync("lang", language);
        await tab.AssertAccessible();
        await tab.AssertNoSidewaysScroll();
    }

    [Fact]
    public async Task A_person_types_their_password_and_arrives_where_they_wanted_to_go()
    {
        await using var tab = await browser.Open(app);
        await tab.Go("/transactions?q=x");

        await tab.Page.GetByLabel("Email").FillAsync(Lina.Email);
        await tab.Page.GetByLabel("Password").FillAsync(Password);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();

        await tab.ExpectUrl("**/transactions?q=x");
        await Assertions.Expect(tab.Page.Locator("h1")).ToContainTextAsync("Transactions");
    }
}
