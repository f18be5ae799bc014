using MdcTts.Support;
using Microsoft.Playwright;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Accounts.Registering;

[Collection(Browser.Collection)]
[Trait("runs", "once")]
public sealed class RegisterPageInBrowserTests(App app, Browser browser) : IClassFixture<App>
{
    [Fact]
    public async Task A_person_registers_an_admin_lets_them_in_and_they_sign_in()
    {
        var name = "Browser Person";
        // So many that the choice is a field that searches.
        for (var i = 0; i < 10; i++)
            await app.Given.Client($"Firm {i}");
        await using (var tab = await browser.Open(app))
        {
            await tab.Go("/signin");
            await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Register" }).ClickAsync();
            await tab.Page.GetByLabel("Full name").FillAsync(name);
            await tab.Page.GetByLabel("Email").FillAsync("browser.person@firm.example");
            await tab.Page.GetByLabel("Phone").FillAsync("0551234567");
            await tab.Page.GetByLabel("Company", new() { Exact = true }).FillAsync("The Municipality");
            await tab.Page.GetByLabel("ID type").SelectOptionAsync("company");
            await tab.Page.GetByLabel("ID number").FillAsync("1010123456");
            await tab.Page.Locator("#f-password").PressSequentiallyAsync("qwertyqwerty1");
            await Assertions.Expect(tab.Page.Locator("#strength")).ToContainTextAsync("Attackers try");
            await tab.Page.Locator("#f-password").FillAsync(Password);
            await tab.Page.GetByLabel("Repeat password").FillAsync(Password);
            await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Register" }).ClickAsync();
            await Assertions.Expect(tab.Page.Locator("h1")).ToContainTextAsync("Check your email");
            await tab.Go("/register/confirm/" + await app.TokenFor("browser.person@firm.example", "account.confirm"));
            await tab.AssertAccessible();
            await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Confirm address" }).ClickAsync();
            await Assertions.Expect(tab.Page.Locator("h1")).ToContainTextAsync("Waiting for");
        }

        await using (var tab = await browser.Open(app, Nasser))
        {
            await tab.Go("/transactions");
            await Assertions.Expect(tab.Page.Locator("nav.side a[href='/users/pending'] .n")).ToHaveTextAsync("1");
            await tab.Go("/users/pending");
            await tab.AssertAccessible();
            var client = tab.Page.GetByRole(AriaRole.Combobox, new() { Name = "Client", Exact = true });
            await client.FillAsync("riyadh region");
            await tab.Page.GetByRole(AriaRole.Option, new() { Name = Municipality.NameEn }).ClickAsync();
            await Assertions.Expect(client).ToHaveValueAsync(Municipality.NameEn);
            await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
            await Assertions.Expect(tab.Page.Locator("main")).ToContainTextAsync("No pending registrations");
            await Assertions.Expect(tab.Page.Locator("nav.side a[href='/users/pending'] .n")).ToHaveCountAsync(0);
        }

        await using (var tab = await browser.Open(app))
        {
            await tab.Go("/transactions");
            await tab.Page.GetByLabel("Email").FillAsync("browser.person@firm.example");
            await tab.Page.GetByLabel("Password").FillAsync(Password);
            await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
            await tab.ExpectUrl("**/transactions");
        }
    }

    [Theory]
    [InlineData("en", 1440)]
    [InlineData("ar", 390)]
    public async Task Who_forgot_the_password_chooses_a_new_one(string language, int width)
    {
        var person = await app.Given.User(
            "Forgetful",
            $"forgetful.{language}@firm.example",
            MdcTts.Infrastructure.Security.Role.Editor
        );
        await using var tab = await browser.Open(app, language: language, width: width);
        await tab.Go("/signin");
        await tab.Page.Locator("a[href='/forgot']").ClickAsync();
        await tab.Page.Locator("#f-email").FillAsync(person.Email);
        await tab.Page.Locator("button.primary").ClickAsync();
        await tab.ExpectUrl("**/forgot/sent");
        await tab.Go("/reset/" + await app.TokenFor(person.Email, "account.reset"));
        await tab.AssertAccessible();
        await tab.AssertNoSidewaysScroll();
        await tab.Page.Locator("#f-password").FillAsync("seven green kettles");
        await tab.Page.Locator("#f-repeat").FillAsync("seven green kettles");
        await tab.Page.Locator("button.primary").ClickAsync();
        await tab.ExpectUrl("**/signin");
        await tab.Page.Locator("#email").FillAsync(person.Email);
        await tab.Page.Locator("#password").FillAsync("seven green kettles");
        await tab.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(tab.Page.Locator("nav.side")).ToHaveCountAsync(1);
    }
}
