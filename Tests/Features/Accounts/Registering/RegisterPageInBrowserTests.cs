using MdcTts.Support;
using Microsoft.Playwright;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Accounts.Registering;

[Collection(Browser.Collection)]
[Trait("runs", "once")]
public sealed class RegisterPageInBrowserTests(App app, Browser browser) : IClassFixture<App>
{
    [Theory]
    [InlineData("en", 1440, false)]
    [InlineData("ar", 390, true)]
    public async Task The_pages_are_accessible(string language, int width, bool dark)
    {
        await using var tab = await browser.Open(app, language: language, width: width, dark: dark);
        foreach (var url in new[] { "/register", "/register/done" })
        {
            await tab.Go(url);
            await tab.AssertAccessible();
            await tab.AssertNoSidewaysScroll();
        }
    }

    [Fact]
    public async Task A_person_registers_an_admin_lets_them_in_and_they_sign_in()
    {
        var name = "Browser Person";
        await using (var tab = await browser.Open(app))
        {
            await tab.Go("/signin");
            await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Register" }).ClickAsync();
            await tab.Page.GetByLabel("Full name").FillAsync(name);
            await tab.Page.GetByLabel("E-mail").FillAsync("browser.person@firm.example");
            await tab.Page.GetByLabel("Company").FillAsync("The Municipality");
            await tab.Page.GetByLabel("Password").FillAsync(Password);
            await tab.Page.GetByLabel("The same once more").FillAsync(Password);
            await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Register" }).ClickAsync();
            await Assertions.Expect(tab.Page.Locator("h1")).ToContainTextAsync("Waiting for");
        }

        await using (var tab = await browser.Open(app, Nasser))
        {
            await tab.Go("/users?status=pending");
            await tab.Page.GetByRole(AriaRole.Link, new() { Name = name }).ClickAsync();
            await tab.AssertAccessible();
            await tab.Page.Locator("#f-status").SelectOptionAsync("active");
            await tab.Page.Locator("#f-clientId").SelectOptionAsync($"{Municipality.Id}");
            await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
            await tab.Page.WaitForURLAsync("**/users");
        }

        await using (var tab = await browser.Open(app))
        {
            await tab.Go("/transactions");
            await tab.Page.GetByLabel("E-mail").FillAsync("browser.person@firm.example");
            await tab.Page.GetByLabel("Password").FillAsync(Password);
            await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
            await tab.Page.WaitForURLAsync("**/transactions");
        }
    }
}
