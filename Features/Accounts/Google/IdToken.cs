using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace MdcTts.Features.Accounts.Google;

/// <summary>
/// Who signed in, as the id_token says. It came straight from the provider over TLS, which stands for its signature
/// (OpenID Connect Core, 3.1.3.7); the claims are checked.
/// </summary>
public sealed record IdToken(string Subject, string Email, string? Name)
{
    /// <summary>
    /// Null unless this issuer made it for us, it has not expired, it answers the request with this nonce, and the
    /// e-mail address is verified.
    /// </summary>
    public static IdToken? Read(JsonElement? answer, string issuer, string clientId, string? nonce, DateTime now)
    {
        if (
            answer is not { } root
            || !root.TryGetProperty("id_token", out var text)
            || text.GetString()?.Split('.') is not [_, var payload, _]
            || nonce is null
            || !Base64Url.IsValid(payload)
        )
            return null;
        using var document = JsonDocument.Parse(Base64Url.DecodeFromChars(payload));
        var claims = document.RootElement;
        var isOurs =
            Text("iss") is { } from
            && (from == issuer || "https://" + from == issuer)
            && Text("aud") == clientId
            && claims.TryGetProperty("exp", out var end)
            && end.TryGetInt64(out var seconds)
            && DateTime.UnixEpoch.AddSeconds(seconds) > now
            && Text("nonce") is { } given
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(nonce))
            && claims.TryGetProperty("email_verified", out var verified)
            && (
                verified.ValueKind == JsonValueKind.True
                || verified is { ValueKind: JsonValueKind.String } && verified.GetString() == "true"
            );
        return
            isOurs
            && Text("sub") is { Length: > 0 } subject
            && Text("email") is { Length: > 0 and <= User.EmailMaxLength } email
            ? new(subject, email, Text("name"))
            : null;

        string? Text(string name) =>
            claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;
    }
}
