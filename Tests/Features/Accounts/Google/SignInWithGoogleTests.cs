using System.Diagnostics;
using System.Text.Json;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Accounts.Google;

/// <summary>An app whose Google is a server of the test, which vouches for whom the test says.</summary>
public sealed class GoogleApp : App
{
    private readonly Process _provider = Process.Start(
        new ProcessStartInfo("node", [Repository.Path("Tests/Tools/openid-provider.mjs")])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        }
    )!;
    private readonly Lazy<string> _address;

    public GoogleApp()
    {
        _address = new(() => _provider.StandardOutput.ReadLine()!);
        // The browser of the tests drops cookies by the real clock, even those that also have a Max-Age.
        if (TimeProvider.System.GetUtcNow() is var real && real > Clock.GetUtcNow())
            Clock.SetUtcNow(real);
    }

    protected override IEnumerable<(string, string)> Settings =>
        [
            ("GOOGLE_CLIENT_ID", "our-client"),
            ("GOOGLE_CLIENT_SECRET", "our-secret"),
            ("Google:Issuer", _address.Value),
            ("Google:AuthorizationEndpoint", _address.Value + "/authorize"),
            ("Google:TokenEndpoint", _address.Value + "/token"),
            ("Google:UserInformationEndpoint", _address.Value + "/userinfo"),
            ("Google:KeysEndpoint", _address.Value + "/jwks"),
        ];

    /// <summary>
    /// From now on it vouches for this person; <paramref name="wrong"/> replaces what a right answer would claim.
    /// </summary>
    public async Task VouchFor(
        string subject,
        string email,
        bool refuses = false,
        (string Name, object Value)? wrong = null
    )
    {
        var claims = new Dictionary<string, object>
        {
            ["sub"] = subject,
            ["email"] = email,
            ["email_verified"] = true,
            ["name"] = "Noura Alsaud",
            ["exp"] = new DateTimeOffset(Now).ToUnixTimeSeconds() + 300,
        };
        if (wrong is var (name, value))
            claims[name] = value;
        await _provider.StandardInput.WriteLineAsync(JsonSerializer.Serialize(new { claims, refuses }));
        Assert.Equal("ok", await _provider.StandardOutput.ReadLineAsync());
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        // Disposing happens twice, once in each way.
        if (disposing && !_provider.HasExited)
            _provider.Kill();
    }
}

public sealed class SignInWithGoogleTests(GoogleApp app) : IClassFixture<GoogleApp>
{
    [Fact]
    public async Task Somebody_new_waits_for_approval_and_admins_are_told()
    {
        await app.VouchFor("new-1", "Noura.New@gmail.example");
        var visitor = app.Anonymous;

        Assert.Contains("Waiting for approval", (await GoThrough(visitor)).Expect(200).TextOf("h1"));
        Assert.Contains("Waiting for approval", (await GoThrough(visitor)).Expect(200).TextOf("h1"));

        var user = await app.Db(db => db.Users.SingleAsync(u => u.NormalizedEmail == "NOURA.NEW@GMAIL.EXAMPLE"));
        Assert.Equal(
            (UserStatus.Pending, true, "Noura Alsaud", null),
            (user.Status, user.EmailConfirmed, user.FullName, user.PasswordHash)
        );
        Assert.Equal(
            1,
            await app.Db(db =>
                db.Outbox.CountAsync(m =>
                    m.Event == "account.waiting" && m.RecipientId == Nasser.Id && m.Args!.Contains("Noura")
                )
            )
        );
        (await visitor.Page("/account")).Expect(302);

        await Become(user.Id, UserStatus.Active);
        Assert.Equal("/transactions?q=x", (await GoThrough(visitor)).Expect(303).Location);
        (await visitor.Page("/account")).Expect(200);

        await Become(user.Id, UserStatus.Suspended);
        await app.VouchFor("new-1", "x@y.example");
        Assert.Contains("cannot sign in", (await GoThrough(app.Anonymous)).Expect(422).Text);
    }

    [Fact]
    public async Task An_account_with_a_password_is_linked_only_after_the_password()
    {
        var person = await app.Given.User();
        await app.VouchFor("link-1", person.Email.ToUpperInvariant());
        var visitor = app.Anonymous;

        var page = (await GoThrough(visitor)).Expect(200);
        (await visitor.Submit(page, "form.stack", new { password = "wrong-wrong-wrong" })).Expect(422);
        Assert.False(await app.Db(db => db.UserLogins.AnyAsync(l => l.UserId == person.Id)));
        (await visitor.Page("/account")).Expect(302);
        Assert.Equal(
            "/transactions?q=x",
            (await visitor.Submit(page, "form.stack", new { password = Password })).Expect(303).Location
        );

        Assert.Equal(
            "link-1",
            await app.Db(db => db.UserLogins.Where(l => l.UserId == person.Id).Select(l => l.ProviderKey).SingleAsync())
        );
        Assert.True(
            await app.Db(db => db.Audit.AnyAsync(a => a.Action == "account.google_linked" && a.ActorId == person.Id))
        );
        await app.VouchFor("link-1", "changed@at-google.example");
        Assert.Equal("/transactions?q=x", (await GoThrough(app.Anonymous)).Expect(303).Location);
        Assert.Equal(
            "/signin",
            (await app.Anonymous.Submit("/signin/google/link", new { password = Password })).Expect(303).Location
        );
    }

    [Theory]
    [InlineData("nonce", "of another request")]
    [InlineData("aud", "somebody-else")]
    [InlineData("iss", "https://evil.example")]
    [InlineData("exp", 1)]
    [InlineData("email_verified", false)]
    [InlineData("forged", "signature")]
    [InlineData("forged", "none")]
    public async Task A_token_that_is_not_ours_is_refused(string claim, object value)
    {
        await app.VouchFor("bad-" + claim + value, $"bad-{claim}@gmail.example", wrong: (claim, value));
        await Failed(app.Anonymous);
        Assert.False(await app.Db(db => db.Users.AnyAsync(u => u.Email == $"bad-{claim}@gmail.example")));
    }

    [Fact]
    public async Task Who_says_no_at_google_is_back_at_the_sign_in_page()
    {
        await app.VouchFor("no", "no@gmail.example", refuses: true);
        await Failed(app.Anonymous);
    }

    [Fact]
    public async Task A_code_that_this_browser_did_not_ask_for_is_refused()
    {
        Assert.Equal(
            "/signin?google=failed",
            (await app.Anonymous.Page("/signin/google/callback?code=x&state=y")).Expect(302).Location
        );
        Assert.Equal("/signin", (await app.Anonymous.Page("/signin/google/done")).Expect(303).Location);

        await app.VouchFor("victim", "victim@gmail.example");
        using var back = await Back(app.Anonymous);
        Assert.Equal(
            "/signin?google=failed",
            (await app.Anonymous.Page(back.Headers.Location!.PathAndQuery)).Expect(302).Location
        );
    }

    [Fact]
    public async Task The_request_carries_state_nonce_and_a_pkce_challenge()
    {
        var query = new Uri((await app.Anonymous.Page("/signin/google")).Expect(302).Location!).Query;

        foreach (
            var part in new[]
            {
                "response_type=code",
                "state=",
                "nonce=",
                "code_challenge=",
                "code_challenge_method=S256",
                "client_id=our-client",
            }
        )
            Assert.Contains(part, query);
        Assert.DoesNotContain("our-secret", query);
    }

    [Fact]
    public async Task Registration_may_be_closed()
    {
        await app.Given.Settings(("registration_open", "false"));
        await app.VouchFor("closed", "closed@gmail.example");
        Assert.Contains("closed", (await GoThrough(app.Anonymous)).Expect(422).Text);
        await app.Given.Settings(("registration_open", "true"));
        Assert.False(await app.Db(db => db.Users.AnyAsync(u => u.Email == "closed@gmail.example")));
    }

    private Task<int> Become(int userId, UserStatus status) =>
        app.Db(db =>
            db.Users.Where(u => u.Id == userId).ExecuteUpdateAsync(set => set.SetProperty(u => u.Status, status))
        );

    private static async Task Failed(Visitor visitor)
    {
        var answer = await GoThrough(visitor);
        Assert.Equal("/signin?google=failed", answer.Location);
        Assert.Contains("did not work", (await visitor.Follow(answer)).Expect(200).TextOf("[role=alert]"));
    }

    // As a browser follows it: to the provider, back with a code, and on to the page that decides.
    private static async Task<Answer> GoThrough(Visitor visitor)
    {
        Assert.True(
            (await visitor.Page("/signin?returnUrl=%2Ftransactions%3Fq%3Dx")).Has(
                "a[href^='/signin/google?returnUrl=']"
            )
        );
        using var back = await Back(visitor);
        var answer = (await visitor.Page(back.Headers.Location!.PathAndQuery)).Expect(302);
        return answer.Location == "/signin/google/done" ? await visitor.Follow(answer) : answer;
    }

    private static async Task<HttpResponseMessage> Back(Visitor visitor)
    {
        var begun = (await visitor.Page("/signin/google?returnUrl=%2Ftransactions%3Fq%3Dx")).Expect(302);
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        return await http.GetAsync(new Uri(begun.Location!));
    }
}
