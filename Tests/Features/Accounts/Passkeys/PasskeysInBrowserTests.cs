using MdcTts.Infrastructure.Ui;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Accounts.Passkeys;

/// <summary>
/// Second factors from beginning to end, with the browser's virtual authenticator. The browser opens the app by a host
/// name, because a passkey never belongs to an address.
/// </summary>
[Collection(Browser.Collection)]
[Trait("runs", "postgres")]
public sealed class PasskeysInBrowserTests(App app, Browser browser) : IClassFixture<App>
{
    [Theory]
    [InlineData("en", 1440)]
    [InlineData("ar", 390)]
    public async Task A_passkey_is_added_signs_in_and_is_removed(string language, int width)
    {
        var (person, words) = (await app.Given.User(), Words.For(language));
        await using var tab = await browser.Open(app, language: language, width: width, dark: language == "ar");
        await AddAuthenticator(tab);
        await SignIn(tab, person, words);

        await tab.Go(Url("/account/security"));
        await tab.Page.GetByLabel(words["passkey.name"], new() { Exact = true }).FillAsync("My phone");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = words["passkey.add"] }).ClickAsync();
        await Assertions.Expect(tab.Page.Locator(".codes code")).ToHaveCountAsync(10);
        await tab.AssertAccessible();
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = words["factor.codes_kept"] }).ClickAsync();
        await Assertions.Expect(tab.Page.GetByText("My phone", new() { Exact = true })).ToBeVisibleAsync();
        await tab.AssertAccessible();
        await tab.AssertNoSidewaysScroll();

        await SignOut(tab);
        await tab.Go(Url("/signin?returnUrl=%2Faccount"));
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = words["passkey.use"] }).ClickAsync();
        await tab.ExpectUrl("**/account");

        // After the password it is the second factor, and before something dangerous the proof.
        await SignOut(tab);
        await SignIn(tab, person, words, "**/signin/code");
        await tab.AssertAccessible();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = words["passkey.use"] }).ClickAsync();
        await tab.ExpectUrl("**/account");
        app.Clock.Advance(TimeSpan.FromMinutes(11));
        await tab.Go(Url("/account/security"));
        await tab
            .Page.GetByRole(AriaRole.Button, new() { Name = words["passkey.remove_one", "My phone"] })
            .ClickAsync();
        await Assertions.Expect(tab.Page.Locator("h1")).ToHaveTextAsync(words["confirming.title"]);
        await tab.AssertAccessible();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = words["passkey.use"] }).ClickAsync();
        await Assertions.Expect(tab.Page.Locator("#toasts")).ToContainTextAsync(words["passkey.removed"]);

        await SignOut(tab);
        await tab.Go(Url("/signin"));
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = words["passkey.use"] }).ClickAsync();
        await Assertions.Expect(tab.Page.Locator("[role=alert]")).ToHaveTextAsync(words["passkey.refused"]);
        Assert.Equal(
            ["account.signed_in", "account.signed_in", "account.signed_in"],
            await app.Db(db =>
                db.Audit.Where(a => a.ActorId == person.Id && a.Action == "account.signed_in")
                    .Select(a => a.Action)
                    .ToListAsync()
            )
        );
    }

    [Fact]
    public async Task A_device_that_does_not_check_its_holder_signs_nobody_in_alone()
    {
        var person = await app.Given.User();
        await using var tab = await browser.Open(app);
        var (cdp, id) = await AddAuthenticator(tab);
        await SignIn(tab, person, Words.For("en"));
        await tab.Go(Url("/account/security"));
        await tab.Page.GetByLabel("Name this passkey", new() { Exact = true }).FillAsync("Key");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Add a passkey" }).ClickAsync();
        await Assertions.Expect(tab.Page.Locator(".codes code")).ToHaveCountAsync(10);
        await SignOut(tab);

        await cdp.SendAsync("WebAuthn.setUserVerified", new() { ["authenticatorId"] = id, ["isUserVerified"] = false });
        await tab.Go(Url("/signin"));
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Use a passkey" }).ClickAsync();

        await Assertions.Expect(tab.Page.Locator("[role=alert]")).ToBeVisibleAsync();
        await Assertions.Expect(tab.Page.Locator("h1")).ToHaveTextAsync("Sign in");
    }

    [Theory]
    [InlineData("en", 390)]
    [InlineData("ar", 1440)]
    public async Task An_authenticator_app_is_set_up_and_asked_for(string language, int width)
    {
        var (person, words) = (await app.Given.User(), Words.For(language));
        await using var tab = await browser.Open(app, language: language, width: width, dark: language == "ar");
        await SignIn(tab, person, words);
        await tab.Go(Url("/account/security"));
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = words["factor.app_set_up"] }).ClickAsync();
        await tab.AssertAccessible();
        await tab.AssertNoSidewaysScroll();
        var secret = Base32(await tab.Page.Locator("#secret").InnerTextAsync());
        await tab.Page.GetByLabel(words["factor.code"]).FillAsync(Authenticator.Code(secret, app.Now));
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = words["factor.app_on_button"] }).ClickAsync();
        var recovery = await tab.Page.Locator(".codes code").First.InnerTextAsync();
        await tab.AssertNoSidewaysScroll();

        await SignOut(tab);
        await SignIn(tab, person, words, "**/signin/code");
        await tab.Page.GetByLabel(words["signin.code"], new() { Exact = true }).FillAsync("000000");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = words["signin.code_button"] }).ClickAsync();
        await Assertions.Expect(tab.Page.Locator("[role=alert]")).ToHaveTextAsync(words["signin.code_wrong"]);
        await tab.AssertAccessible();
        await tab.Page.GetByLabel(words["signin.code"], new() { Exact = true }).FillAsync(recovery);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = words["signin.code_button"] }).ClickAsync();
        await tab.ExpectUrl("**/account");
        await tab.Go(Url("/account/sessions"));
        await tab.AssertAccessible();
        await tab.AssertNoSidewaysScroll();
    }

    private string Url(string path) => $"http://localhost:{app.Address.Port}{path}";

    private async Task SignIn(Tab tab, Person person, Words words, string arrive = "**/account")
    {
        await tab.Go(Url("/signin?returnUrl=%2Faccount"));
        await tab.Page.Locator("#email").FillAsync(person.Email);
        await tab.Page.Locator("#password").FillAsync(Password);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = words["signin.button"], Exact = true }).ClickAsync();
        await tab.ExpectUrl(arrive);
    }

    private static Task SignOut(Tab tab) => tab.Page.Context.ClearCookiesAsync(new() { Name = "mdc.session" });

    private static async Task<(ICDPSession Cdp, string Id)> AddAuthenticator(Tab tab)
    {
        var cdp = await tab.Page.Context.NewCDPSessionAsync(tab.Page);
        await cdp.SendAsync("WebAuthn.enable");
        var made = await cdp.SendAsync(
            "WebAuthn.addVirtualAuthenticator",
            new()
            {
                ["options"] = new Dictionary<string, object>
                {
                    ["protocol"] = "ctap2",
                    ["transport"] = "internal",
                    ["hasResidentKey"] = true,
                    ["hasUserVerification"] = true,
                    ["isUserVerified"] = true,
                    ["automaticPresenceSimulation"] = true,
                },
            }
        );
        return (cdp, made!.Value.GetProperty("authenticatorId").GetString()!);
    }

    private static byte[] Base32(string text)
    {
        const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        var bits = string.Concat(
            text.Where(char.IsLetterOrDigit).Select(c => Convert.ToString(alphabet.IndexOf(c), 2).PadLeft(5, '0'))
        );
        return [.. Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2))];
    }
}
