using MdcTts.Features.Settings;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Users;

/// <summary>How somebody comes in, as an admin sees it.</summary>
/// <param name="IsInvited">Made by an admin, and has not chosen a password yet.</param>
/// <param name="InvitedUntil">How long the mailed link holds; null when none does.</param>
/// <param name="Sessions">Browsers that are signed in.</param>
/// <param name="HasAuthenticator">A second factor by codes.</param>
public sealed record UserAccess(
    bool IsInvited,
    DateTime? InvitedUntil,
    int Sessions,
    bool HasAuthenticator,
    int Passkeys
)
{
    public static async Task<UserAccess> Of(
        User user,
        AppDb db,
        FirmSettings settings,
        DateTime now,
        CancellationToken stop
    )
    {
        var isInvited =
            user is { PasswordHash: null, Status: not UserStatus.Active }
            && !await db.UserLogins.AnyAsync(l => l.UserId == user.Id, stop);
        var until = isInvited
            ? await db
                .AccountLinks.Where(l =>
                    l.UserId == user.Id && l.Kind == LinkKind.Invitation && l.UsedAt == null && l.ExpiresAt > now
                )
                .MaxAsync(l => (DateTime?)l.ExpiresAt, stop)
            : null;
        return new(
            isInvited,
            until,
            await db.Sessions.Where(s => s.UserId == user.Id).Alive(settings, now).CountAsync(stop),
            user.TotpSecret is not null,
            await db.UserPasskeys.CountAsync(p => p.UserId == user.Id, stop)
        );
    }
}
