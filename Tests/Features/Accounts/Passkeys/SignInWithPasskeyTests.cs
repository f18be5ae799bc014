using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Accounts.Passkeys;

/// <summary>Passkeys belong to the host of the address that people use.</summary>
public sealed class PasskeyApp : App
{
    public const string Url = "https://mdc.example";

    protected override IEnumerable<(string, string)> Settings => [("PUBLIC_URL", Url)];
}

/// <summary>What a key proves that was found, or whose answer was copied.</summary>
public sealed class SignInWithPasskeyTests(PasskeyApp app) : IClassFixture<PasskeyApp>
{
    private const string Options = "/signin/passkey/options";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Alone_it_signs_in_when_it_verified_its_holder_this_time(bool verifiedWhenMade)
    {
        using var key = await Registered(await app.Given.User(), verifiedWhenMade);
        var visitor = app.Anonymous;

        (await SignIn(visitor, key, verified: false)).Expect(422);
        (await visitor.Page("/account")).Expect(302);
        (await SignIn(visitor, key, verified: true)).Expect(303);
        (await visitor.Page("/account")).Expect(200);
    }

    [Fact]
    public async Task Before_something_dangerous_it_must_verify_its_holder_too()
    {
        var person = await app.Given.User();
        using var key = await Registered(person, verified: true);
        var visitor = app.SignedInAs(person);
        app.Clock.Advance(TimeSpan.FromMinutes(11));

        var found = key.Show(await Asked(visitor), verified: false);
        (await visitor.Submit("/signin/confirm", new { proofCredential = found })).Expect(422);
        (await visitor.Page("/account/data")).Expect(303);
        var own = key.Show(await Asked(visitor), verified: true);
        (await visitor.Submit("/signin/confirm", new { proofCredential = own })).Expect(303);
        (await visitor.Page("/account/data")).Expect(200);
    }

    [Fact]
    public async Task After_the_password_its_presence_is_enough()
    {
        var person = await app.Given.User();
        using var key = await Registered(person, verified: false);
        var visitor = app.Anonymous;
        var code = (await visitor.Submit("/signin", new { email = person.Email, password = Password })).Expect(303);
        var page = (await visitor.Follow(code)).Expect(200);

        var options = await Asked(visitor, page.Attribute("form[data-passkey]", "data-passkey")!);
        Assert.Equal("preferred", Demand(options));
        var credential = key.Show(options, verified: false);
        (await visitor.Submit("/signin/code", new { credential })).Expect(303);
        (await visitor.Page("/account")).Expect(200);
    }

    [Fact]
    public async Task The_device_is_told_to_verify_its_holder() =>
        Assert.Equal("required", Demand(await Asked(app.Anonymous)));

    [Fact]
    public async Task An_answer_is_good_once_even_when_it_was_copied_with_its_cookie()
    {
        using var key = await Registered(await app.Given.User(), verified: true);
        var visitor = app.Anonymous;
        var credential = key.Show(await Asked(visitor), verified: true);
        var thief = app.InSession(("mdc.passkey", visitor.Cookies["mdc.passkey"]));

        (await visitor.Submit("/signin/passkey", new { credential })).Expect(303);

        (await thief.Submit("/signin/passkey", new { credential })).Expect(422);
        (await thief.Page("/account")).Expect(302);
        (await visitor.Page("/account")).Expect(200);
    }

    // What was signed, and beside it the same with the bit that says that the holder was verified.
    [Theory]
    [InlineData("authenticatorData", "AuthenticatorData")]
    [InlineData("AuthenticatorData", "authenticatorData")]
    [InlineData("authenticatorData", "authenticatorData")]
    public async Task An_answer_that_says_something_twice_signs_nobody_in(string first, string second)
    {
        using var key = await Registered(await app.Given.User(), verified: true);
        foreach (var isLast in new[] { true, false })
        {
            var visitor = app.Anonymous;
            var credential = key.Show(await Asked(visitor), verified: false);
            var signed = JsonNode.Parse(credential)!["response"]!["authenticatorData"]!.GetValue<string>();
            var bytes = Base64Url.DecodeFromChars(signed);
            bytes[32] |= 0x04;
            var claimed = Base64Url.EncodeToString(bytes);
            var (one, other) = isLast ? (claimed, signed) : (signed, claimed);
            credential = credential.Replace(
                $"\"authenticatorData\":\"{signed}\"",
                $"\"{first}\":\"{one}\",\"{second}\":\"{other}\"",
                StringComparison.Ordinal
            );
            Assert.Contains(claimed, credential, StringComparison.Ordinal);

            (await visitor.Submit("/signin/passkey", new { credential })).Expect(422);
            (await visitor.Page("/account")).Expect(302);
        }
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"a\ud800":1}""")]
    [InlineData("nonsense")]
    [InlineData("""{"response":{"authenticatorData":"AA"}}""")]
    [InlineData("""{"response":{"authenticatorData":7}}""")]
    public async Task What_is_no_answer_signs_nobody_in(string credential)
    {
        var visitor = app.Anonymous;
        await Asked(visitor);

        (await visitor.Submit("/signin/passkey", new { credential })).Expect(422);
    }

    private async Task<SoftKey> Registered(Person person, bool verified)
    {
        var key = new SoftKey(PasskeyApp.Url);
        var me = app.SignedInAs(person);
        var credential = key.Make(await Asked(me, "/account/security/passkeys/options"), verified);
        (await me.Submit("/account/security/passkeys", new { name = "Key", credential })).Expect(200);
        Assert.True(await app.Db(db => db.UserPasskeys.AnyAsync(p => p.UserId == person.Id)));
        return key;
    }

    private static async Task<Answer> SignIn(Visitor visitor, SoftKey key, bool verified)
    {
        var credential = key.Show(await Asked(visitor), verified);
        return await visitor.Submit("/signin/passkey", new { credential });
    }

    private static async Task<string> Asked(Visitor visitor, string url = Options) =>
        (await visitor.Submit(url)).Expect(200).Text;

    private static string? Demand(string options)
    {
        using var parsed = JsonDocument.Parse(options);
        return parsed.RootElement.GetProperty("userVerification").GetString();
    }
}
