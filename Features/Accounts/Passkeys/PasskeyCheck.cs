using System.Text.Json;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Passkeys;

/// <summary>Passkeys (WebAuthn) as Identity checks them; what is to be signed waits in a sealed cookie.</summary>
public sealed class PasskeyCheck(IPasskeyHandler<User> handler, SealedCookie cookie, AppDb db)
{
    private const string Cookie = "passkey";
    private const int CredentialMaxLength = 20_000;

    /// <summary>
    /// The owner of the passkey that was shown, and whether the device verified the person (PIN, finger, face).
    /// </summary>
    public sealed record Shown(int UserId, bool IsVerified);

    /// <summary>
    /// What the browser needs to show one. It names nobody: the browser offers the passkeys that it has for this site.
    /// </summary>
    public async Task<string> AskFor(HttpContext http)
    {
        var made = await handler.MakeRequestOptionsAsync(user: null!, http);
        cookie.Keep(http, Cookie, made.AssertionState);
        return made.RequestOptionsJson;
    }

    /// <summary>
    /// Checks what the browser answered; null when it is not what was asked for. Each question is answered once.
    /// </summary>
    public async Task<Shown?> Take(string credential, HttpContext http, CancellationToken stop)
    {
        if (!IsJsonObject(credential) || cookie.Read<string>(http, Cookie) is not { } state)
            return null;
        SealedCookie.Forget(http, Cookie);
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
        return new(result.User.Id, result.Passkey.IsUserVerified);
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
    public async Task<UserPasskeyInfo?> TakeNew(string? credential, int userId, HttpContext http)
    {
        if (!IsJsonObject(credential) || cookie.Read<string>(http, Cookie) is not { } state)
            return null;
        SealedCookie.Forget(http, Cookie);
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

    // The handler answers any JSON object and throws on anything else.
    private static bool IsJsonObject(string? credential)
    {
        if (credential is not { Length: > 0 and <= CredentialMaxLength })
            return false;
        try
        {
            using var parsed = JsonDocument.Parse(credential);
            return parsed.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
