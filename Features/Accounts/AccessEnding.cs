using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts;

/// <summary>Ends every session, token and reset link of a person.</summary>
public static class AccessEnding
{
    /// <summary>
    /// Marks the person's sessions as ended, their tokens as revoked and their reset links as used, inside the caller's
    /// transaction.
    /// <see cref="User.EndSessions"/> shuts them out already; this says so in the lists.
    /// </summary>
    public static async Task EndAccess(this AppDb db, int userId, DateTime now, CancellationToken stop)
    {
        await db
            .Sessions.Where(s => s.UserId == userId && s.EndedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.EndedAt, now), stop);
        await db
            .AccessTokens.Where(t => t.UserId == userId && t.RevokedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(t => t.RevokedAt, now), stop);
        await AccountLinks.End(db, userId, LinkKind.Reset, now, stop);
    }
}
