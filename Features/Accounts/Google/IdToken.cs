using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using TokenConverter = System.IdentityModel.Tokens.Jwt.JwtSecurityTokenConverter;

namespace MdcTts.Features.Accounts.Google;

/// <summary>
/// Who signed in, as the id_token says: signed by the provider's key (OpenID Connect Core, 3.1.3.7), and made for us.
/// </summary>
public sealed record IdToken(string Subject, string Email, string? Name)
{
    private static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false };

    // Our nonce is random, and the time stands in the sealed state.
    private static readonly OpenIdConnectProtocolValidator Protocol = new() { RequireTimeStampInNonce = false };

    /// <summary>What the provider answered, and what it was asked.</summary>
    /// <param name="Answer">Of its token endpoint.</param>
    /// <param name="Person">Of its endpoint for what it knows of the person.</param>
    public sealed record Question(
        JsonElement Answer,
        JsonElement Person,
        string Issuer,
        string ClientId,
        string? Nonce,
        DateTime Now
    );

    /// <summary>The id of the key that signed the token, to look it up; it proves nothing.</summary>
    /// <exception cref="SecurityTokenException">There is no token.</exception>
    public static string KeyOf(JsonElement answer) => Handler.ReadJsonWebToken(TextOf(answer, "id_token")).Kid;

    /// <summary>
    /// Refused unless this key signed it, this issuer made it for us alone, it has not expired, it answers the request
    /// with this nonce, it belongs to this access token and person, and the e-mail address is verified.
    /// </summary>
    /// <exception cref="SecurityTokenException">It is not the token that was asked for.</exception>
    /// <exception cref="OpenIdConnectProtocolException">Nor is it one for this sign-in.</exception>
    public static async Task<IdToken> Read(Question question, SecurityKey key)
    {
        var text = TextOf(question.Answer, "id_token");
        var result = await Handler.ValidateTokenAsync(
            text,
            new()
            {
                IssuerSigningKey = key,
                ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
                ValidIssuers = [question.Issuer, question.Issuer.Replace("https://", "", StringComparison.Ordinal)],
                ValidAudience = question.ClientId,
                LifetimeValidator = (from, until, _, rules) =>
                    until > question.Now && !(from > question.Now + rules.ClockSkew),
            }
        );
        if (!result.IsValid)
            throw new SecurityTokenException("The id_token is not valid.", result.Exception);
        var token = (JsonWebToken)result.SecurityToken;
        if (token.Audiences.Count() != 1)
            throw new SecurityTokenInvalidAudienceException("The id_token is for others too.");

        var context = new OpenIdConnectProtocolValidationContext
        {
            ClientId = question.ClientId,
            Nonce = question.Nonce,
            ProtocolMessage = new() { IdToken = text, AccessToken = TextOf(question.Answer, "access_token") },
            UserInfoEndpointResponse = question.Person.GetRawText(),
            ValidatedIdToken = TokenConverter.Convert(token),
        };
        Protocol.ValidateTokenResponse(context);
        Protocol.ValidateUserInfoResponse(context);
        return
            ClaimOf(token, JwtRegisteredClaimNames.EmailVerified) == "true"
            && ClaimOf(token, JwtRegisteredClaimNames.Email) is { Length: > 0 and <= User.EmailMaxLength } email
            ? new(token.Subject, email, ClaimOf(token, JwtRegisteredClaimNames.Name))
            : throw new SecurityTokenException("The id_token has no verified address.");
    }

    private static string? ClaimOf(JsonWebToken token, string name) =>
        token.TryGetClaim(name, out var claim) ? claim.Value : null;

    private static string TextOf(JsonElement answer, string name) =>
        answer.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new SecurityTokenException($"The answer has no {name}.");
}
