using MdcTts.Infrastructure.Database;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts;

/// <summary>Those who registered and wait for an admin. Somebody who was invited does not wait: their own link lets them in.</summary>
public static class WaitingPeople
{
    public static IQueryable<User> In(AppDb db) =>
        db.Users.Where(u =>
            u.Status == UserStatus.Pending
            && u.ErasedAt == null
            && (u.PasswordHash != null || db.UserLogins.Any(l => l.UserId == u.Id))
        );

    /// <summary>How many an admin can decide about now: the badge of the navigation.</summary>
    public static async Task<int> Count(AppDb db, CountCache counts, CancellationToken stop) =>
        await counts.Get(db, "people waiting", () => In(db).CountAsync(u => u.EmailConfirmed, stop), stop);
}
