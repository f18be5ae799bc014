using MdcTts.Infrastructure.Web;

namespace MdcTts.Features.Accounts;

/// <summary>
/// Those who registered and wait for an admin. Somebody who was invited does not wait: their own link lets them in.
/// </summary>
public static class WaitingPeople
{
    /// <summary>The name of the entry in the navigation.</summary>
    public const string Section = "pending";

    public static NavigationNews News { get; } = new("user.waiting_changed", "waiting", Section);

    public static IQueryable<User> In(AppDb db) =>
        db.Users.Where(u =>
            u.Status == UserStatus.Pending
            && u.ErasedAt == null
            && (u.PasswordHash != null || db.UserLogins.Any(l => l.UserId == u.Id))
        );

    /// <summary>Those whom an admin can decide about now.</summary>
    public static IQueryable<User> Decidable(AppDb db) => In(db).Where(u => u.EmailConfirmed);
}
