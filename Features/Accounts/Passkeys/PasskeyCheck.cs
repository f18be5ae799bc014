using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MdcTts.Infrastructure.Saudi;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Passkeys;

/// <summary>Passkeys (WebAuthn) as Identity checks them; what is to be signed waits in a sealed cookie.</summary>
public sealed class PasskeyCheck(
    IPasskeyHandler<User> handler,
    SealedCookie cookie,
    Guesses guesses,
    AppDb db,
    TimeProvider clock
)
{
    private const string Cookie = "passkey";
    private const int CredentialMaxLength = 20_000;

    // WebAuthn 6.1: the hash of the host, then a byte of flags.
    private const int FlagsAt = 32;
    private const int UserVerified = 0x04;

    /// <summary>
    /// The owner of the passkey that was shown, and whether the device verified the person for it (PIN, finger, face).
    /// </summary>
    public sealed record Shown(int UserId, bool IsVerified);

    /// <summary>
    /// What the browser needs to show one. It names nobody: the browser offers the passkeys that it has for this site.
    /// </summary>
    /// <param name="afterPassword">
    /// It is the second factor: then the device may verify the person but need not. Alone, <see cref="Take"/> says
    /// whether it did.
    /// </param>
    public async Task<string> AskFor(bool afterPassword, HttpContext http)
    {
        var made = await handler.MakeRequestOptionsAsync(user: null!, http);
        cookie.Keep(http, Cookie, made.AssertionState);
        var options = JsonNode.Parse(made.RequestOptionsJson)!;
        options["userVerification"] = afterPassword ? "preferred" : "required";
        return options.ToJsonString();
    }

    /// <summary>
    /// Checks what the browser answered; null when it is not what was asked for. Each question is answered once.
    /// </summary>
    public async Task<Shown?> Take(string credential, HttpContext http, CancellationToken stop)
    {
        if (!IsUnambiguous(credential) || await TakeQuestion(http, stop) is not { } state)
            return null;
        var result = await handler.PerformAssertionAsync(
            new()
            {
                HttpContext = http,
                CredentialJson = credential,
                AssertionState = state,
            }
        );
        if (
            !result.Succeeded
            || await db.UserPasskeys.SingleOrDefaultAsync(
                p => p.CredentialId == result.Passkey.CredentialId && p.UserId == result.User.Id,
                stop
            )
                is not { } passkey
        )
            return null;

        // A counter that goes back means a copied key. The handler compares with what is kept here.
        passkey.Data.SignCount = result.Passkey.SignCount;
        passkey.Data.IsBackedUp = result.Passkey.IsBackedUp;
        await db.SaveChangesAsync(stop);
        return new(result.User.Id, IsUserVerified(credential));
    }

    /// <summary>What the browser needs to make one.</summary>
    public async Task<string> AskForNew(int userId, string email, string name, HttpContext http)
    {
        var made = await handler.MakeCreationOptionsAsync(
            new()
            {
                Id = userId.ToString(System.Globalization.CultureInfo.InvariantCulture),
                Name = email,
                DisplayName = name,
            },
            http
        );
        cookie.Keep(http, Cookie, made.AttestationState);
        return made.CreationOptionsJson;
    }

    /// <summary>The passkey that was made for somebody; null when it is not what was asked for.</summary>
    public async Task<UserPasskeyInfo?> TakeNew(
        string? credential,
        int userId,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (!IsUnambiguous(credential) || await TakeQuestion(http, stop) is not { } state)
            return null;
        var result = await handler.PerformAttestationAsync(
            new()
            {
                HttpContext = http,
                CredentialJson = credential!,
                AttestationState = state,
            }
        );
        return
            result.Succeeded
            && result.UserEntity.Id == userId.ToString(System.Globalization.CultureInfo.InvariantCulture)
            ? result.Passkey
            : null;
    }

    // What is to be signed; null the second time. The cookie can be copied, so a row remembers that it was answered,
    // for as long as the cookie may be read.
    private async Task<string?> TakeQuestion(HttpContext http, CancellationToken stop)
    {
        if (cookie.Read<string>(http, Cookie) is not { } state)
            return null;
        SealedCookie.Forget(http, Cookie);
        var now = clock.Instant();
        await using var write = await db.BeginWrite(stop);
        var taken = await guesses.Take([Guesses.Key(Cookie, state)], now, now - SealedCookie.Life, stop);
        await write.Commit(stop);
        return taken[0].Before == 0 ? state : null;
    }

    // What the device signed this time. The handler's own answer is that of the day when the passkey was made.
    private static bool IsUserVerified(string credential)
    {
        var signed = JsonNode.Parse(credential)?["response"]?["authenticatorData"]?.GetValue<string>();
        return signed is not null
            && Base64Url.DecodeFromChars(signed) is { Length: > FlagsAt } data
            && (data[FlagsAt] & UserVerified) != 0;
    }

    // The handler answers any JSON object and throws on anything else. It takes names in any case, and of two the last:
    // what it checks must be what is read here.
    private static bool IsUnambiguous(string? credential)
    {
        if (credential is not { Length: > 0 and <= CredentialMaxLength })
            return false;
        try
        {
            using var parsed = JsonDocument.Parse(credential);
            return parsed.RootElement.ValueKind == JsonValueKind.Object && HasEachNameOnce(parsed.RootElement);
        }
        // The latter for a name with half a character.
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static bool HasEachNameOnce(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.Object => HasEachNameOnce([.. element.EnumerateObject()]),
            JsonValueKind.Array => element.EnumerateArray().All(HasEachNameOnce),
            _ => true,
        };

    private static bool HasEachNameOnce(List<JsonProperty> properties) =>
        properties.DistinctBy(p => p.Name, StringComparer.OrdinalIgnoreCase).Count() == properties.Count
        && properties.TrueForAll(p => HasEachNameOnce(p.Value));
}
