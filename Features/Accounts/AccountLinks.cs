using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts;

/// <summary>
/// Makes and takes the links that are mailed to people: a token of 256 bits, good for one use. Only its hash is kept.
/// </summary>
public static class AccountLinks
{
    /// <summary>How long a link holds.</summary>
    public static TimeSpan LifeOf(LinkKind kind) =>
        kind switch
        {
            LinkKind.Confirmation => TimeSpan.FromHours(24),
            LinkKind.Invitation => TimeSpan.FromDays(7),
            _ => TimeSpan.FromMinutes(30),
        };

    /// <summary>Adds a link for the caller to save, and answers its token.</summary>
    public static string Add(AppDb db, User user, LinkKind kind, DateTime now)
    {
        var token = System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        db.AccountLinks.Add(
            new()
            {
                User = user,
                Kind = kind,
                Hash = Sessions.HashOf(token),
                Stamp = kind == LinkKind.Reset ? user.SecurityStamp : null,
                CreatedAt = now,
                ExpiresAt = now + LifeOf(kind),
            }
        );
        return token;
    }

    /// <summary>The link and its owner, when it may still be used.</summary>
    public static Task<AccountLink?> Find(AppDb db, LinkKind kind, string token, DateTime now, CancellationToken stop)
    {
        var hash = Sessions.HashOf(token);
        return db
            .AccountLinks.Include(l => l.User)
            .SingleOrDefaultAsync(
                l =>
                    l.Hash == hash
                    && l.Kind == kind
                    && l.UsedAt == null
                    && l.ExpiresAt > now
                    && (l.Kind != LinkKind.Reset || l.Stamp == l.User.SecurityStamp)
                    && l.User.ErasedAt == null,
                stop
            );
    }

    /// <summary>Uses it up, inside the caller's transaction; false when somebody was faster.</summary>
    public static async Task<bool> Use(AppDb db, AccountLink link, DateTime now, CancellationToken stop) =>
        await db
            .AccountLinks.Where(l => l.Id == link.Id && l.UsedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(l => l.UsedAt, now), stop) == 1;

    /// <summary>Ends the links of this kind that a person still has, inside the caller's transaction.</summary>
    public static Task End(AppDb db, int userId, LinkKind kind, DateTime now, CancellationToken stop) =>
        db
            .AccountLinks.Where(l => l.UserId == userId && l.Kind == kind && l.UsedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(l => l.UsedAt, now), stop);
}
