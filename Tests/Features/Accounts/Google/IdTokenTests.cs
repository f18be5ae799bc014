using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace MdcTts.Features.Accounts.Google;

[Trait("runs", "once")]
public sealed class IdTokenTests : IDisposable
{
    private const string Issuer = "https://accounts.google.example";
    private const string Client = "our-client";
    private const string Nonce = "our-nonce";
    private static readonly DateTime Now = new(2026, 11, 22, 9, 0, 0, DateTimeKind.Utc);

    private readonly RSA _rsa = RSA.Create(2048);

    public void Dispose() => _rsa.Dispose();

    [Theory]
    [InlineData("aud", Client)]
    [InlineData("iss", "accounts.google.example")]
    [InlineData("azp", Client)]
    [InlineData("email_verified", "true")]
    [InlineData("at_hash", "access")]
    public async Task What_the_provider_may_say_is_accepted(string claim, object value)
    {
        if (claim == "at_hash")
            value = Base64UrlEncoder.Encode(SHA256.HashData("access"u8)[..16]);

        Assert.Equal(new IdToken("one", "noura@gmail.example", "Noura"), await Read(Claims((claim, value))));
    }

    [Theory]
    [InlineData("aud", "somebody-else")]
    [InlineData("aud", null)]
    [InlineData("iss", "https://evil.example")]
    [InlineData("iss", null)]
    [InlineData("azp", "somebody-else")]
    [InlineData("nonce", "of another request")]
    [InlineData("nonce", null)]
    [InlineData("exp", 1)]
    [InlineData("exp", null)]
    [InlineData("nbf", 4_000_000_000)]
    [InlineData("sub", "two")]
    [InlineData("sub", null)]
    [InlineData("at_hash", "of another token")]
    [InlineData("email_verified", false)]
    [InlineData("email_verified", null)]
    [InlineData("email", "")]
    [InlineData("email", null)]
    public async Task What_is_not_for_this_sign_in_is_refused(string claim, object? value) =>
        await Refused(Claims((claim, value)));

    [Fact]
    public async Task A_token_that_is_for_others_too_is_refused()
    {
        await Refused(Claims(("aud", new[] { Client, "somebody-else" })));
        await Refused(Claims(("aud", new[] { Client, "somebody-else" }), ("azp", Client)));
    }

    [Fact]
    public async Task A_token_ends_when_it_says()
    {
        var claims = Claims(("exp", new DateTimeOffset(Now).ToUnixTimeSeconds() + 1));

        await Read(claims);
        claims["exp"] = new DateTimeOffset(Now).ToUnixTimeSeconds();
        await Refused(claims);
    }

    [Fact]
    public async Task Only_this_key_and_this_algorithm_count()
    {
        using var other = RSA.Create(2048);
        await Refused(Claims(), new(Key(other), SecurityAlgorithms.RsaSha256));
        await Refused(Claims(), new(Key(_rsa), SecurityAlgorithms.RsaSha512));
        // The public key as the secret of an HMAC, and no signature at all.
        var secret = new SymmetricSecurityKey(_rsa.ExportSubjectPublicKeyInfo()) { KeyId = "first" };
        await Refused(Claims(), new(secret, SecurityAlgorithms.HmacSha256));
        var claims = JsonSerializer.SerializeToUtf8Bytes(Claims());
        await Refused(Base64UrlEncoder.Encode("{\"alg\":\"none\"}") + "." + Base64UrlEncoder.Encode(claims) + ".");
        var whole = Token(Claims(), new(Key(_rsa), SecurityAlgorithms.RsaSha256));
        await Refused(whole[..^4] + "AAAA");
        await Refused(whole[..whole.LastIndexOf('.')]);
        await Refused("nonsense");
        await Refused("");
    }

    [Fact]
    public async Task A_new_key_of_the_provider_is_fetched_at_once_and_a_made_up_one_once_a_minute()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(Now));
        using var provider = new Provider();
        using var http = new HttpClient(provider, disposeHandler: false);
        var keys = new GoogleKeys(clock);
        Task<SecurityKey?> Find(string id) => keys.Find(id, http, "https://keys.example/", CancellationToken.None);
        provider.Keys = [JsonWebKeyConverter.ConvertFromRSASecurityKey(Key(_rsa))];

        Assert.Equal(new IdToken("one", "noura@gmail.example", "Noura"), await Read(Claims(), await Find("first")));
        Assert.Null(await Find("second"));
        Assert.Equal(1, provider.Asked);

        using var newer = RSA.Create(2048);
        provider.Keys = [JsonWebKeyConverter.ConvertFromRSASecurityKey(Key(newer, "second"))];
        clock.Advance(TimeSpan.FromSeconds(61));
        Assert.NotNull(await Find("second"));
        Assert.Null(await Find("first"));
        Assert.Equal(2, provider.Asked);

        clock.Advance(TimeSpan.FromMinutes(61));
        Assert.NotNull(await Find("second"));
        Assert.Equal(3, provider.Asked);
    }

    private static RsaSecurityKey Key(RSA rsa, string id = "first") => new(rsa) { KeyId = id };

    private static Dictionary<string, object> Claims(params (string Name, object? Value)[] other)
    {
        var claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["iss"] = Issuer,
            ["aud"] = Client,
            ["sub"] = "one",
            ["iat"] = new DateTimeOffset(Now).ToUnixTimeSeconds(),
            ["exp"] = new DateTimeOffset(Now).ToUnixTimeSeconds() + 300,
            ["nonce"] = Nonce,
            ["email"] = "noura@gmail.example",
            ["email_verified"] = true,
            ["name"] = "Noura",
        };
        foreach (var (name, value) in other)
        {
            if (value is null)
                claims.Remove(name);
            else
                claims[name] = value;
        }

        return claims;
    }

    private static string Token(Dictionary<string, object> claims, SigningCredentials by) =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            JsonSerializer.Serialize(claims),
            by
        );

    private Task<IdToken> Read(Dictionary<string, object> claims, SecurityKey? key = null) =>
        Read(Token(claims, new(Key(_rsa), SecurityAlgorithms.RsaSha256)), key);

    private async Task<IdToken> Read(string token, SecurityKey? key = null)
    {
        var answer = JsonSerializer.SerializeToElement(new { id_token = token, access_token = "access" });
        var person = JsonSerializer.SerializeToElement(new { sub = "one" });
        IdToken.KeyOf(answer);
        return await IdToken.Read(new(answer, person, Issuer, Client, Nonce, Now), key ?? Key(_rsa));
    }

    private Task Refused(Dictionary<string, object> claims, SigningCredentials? by = null) =>
        Refused(Token(claims, by ?? new(Key(_rsa), SecurityAlgorithms.RsaSha256)));

    private async Task Refused(string token)
    {
        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => Read(token));
        Assert.True(
            refusal is SecurityTokenException or OpenIdConnectProtocolException or ArgumentException,
            refusal.ToString()
        );
    }

    private sealed class Provider : HttpMessageHandler
    {
        public IReadOnlyList<JsonWebKey> Keys { get; set; } = [];
        public int Asked { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken stop)
        {
            Asked++;
            var keys = Keys.Select(k => new
            {
                kty = k.Kty,
                kid = k.Kid,
                n = k.N,
                e = k.E,
            });
            return Task.FromResult(
                new HttpResponseMessage(HttpStatusCode.OK)
                {
                    Content = new StringContent(JsonSerializer.Serialize(new { keys })),
                }
            );
        }
    }
}
