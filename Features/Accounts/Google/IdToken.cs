using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace MdcTts.Features.Accounts.Google;

/// <summary>
/// Who signed in, as the id_token says: signed by the provider's key (OpenID Connect Core, 3.1.3.7), and made for us.
/// </summary>
public sealed record IdToken(string Subject, string Email, string? Name)
{
    /// <summary>The id of the key that signed it; null unless it is a token with an RS256 signature.</summary>
    public static string? KeyOf(JsonElement? answer)
    {
        if (PartsOf(answer) is not [var head, _, _])
            return null;
        using var document = JsonDocument.Parse(Base64Url.DecodeFromChars(head));
        var header = document.RootElement;
        return
            header.TryGetProperty("alg", out var algorithm)
            && algorithm.ValueEquals("RS256")
            && header.TryGetProperty("kid", out var key)
            ? key.GetString()
            : null;
    }

    /// <summary>
    /// Null unless this key signed it, this issuer made it for us, it has not expired, it answers the request with this
    /// nonce, and the e-mail address is verified.
    /// </summary>
    public static IdToken? Read(
        JsonElement? answer,
        RSAParameters key,
        string issuer,
        string clientId,
        string? nonce,
        DateTime now
    )
    {
        if (PartsOf(answer) is not [var head, var payload, var signature] || nonce is null)
            return null;
        using var rsa = RSA.Create(key);
        if (
            !rsa.VerifyData(
                Encoding.ASCII.GetBytes($"{head}.{payload}"),
                Base64Url.DecodeFromChars(signature),
                HashAlgorithmName.SHA256,
                RSASignaturePadding.Pkcs1
            )
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

    private static string[]? PartsOf(JsonElement? answer) =>
        answer is { } root
        && root.TryGetProperty("id_token", out var text)
        && text.GetString()?.Split('.') is { Length: 3 } parts
        && Array.TrueForAll(parts, part => Base64Url.IsValid(part))
            ? parts
            : null;
}
