using System.Globalization;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Events;
using MdcTts.Infrastructure.Live;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts;

/// <summary>
/// Those who registered and wait for an admin. Somebody who was invited does not wait: their own link lets them in.
/// </summary>
public static class WaitingPeople
{
    private const string Event = "user.waiting_changed";

    public static IQueryable<User> In(AppDb db) =>
        db.Users.Where(u =>
            u.Status == UserStatus.Pending
            && u.ErasedAt == null
            && (u.PasswordHash != null || db.UserLogins.Any(l => l.UserId == u.Id))
        );

    /// <summary>Those whom an admin can decide about now.</summary>
    public static IQueryable<User> Decidable(AppDb db) => In(db).Where(u => u.EmailConfirmed);

    /// <summary>How many an admin can decide about now.</summary>
    public static async Task<int> Count(AppDb db, CountCache counts, CancellationToken stop) =>
        await counts.Get("people waiting", () => Decidable(db).CountAsync(stop), stop, DataMark.Directory);

    /// <summary>Records that somebody began or stopped to wait; the caller saves it.</summary>
    public static void HaveChanged(AppDb db, User user, int? by, DateTime at) =>
        db.Add(
            new EventRow
            {
                At = at,
                Kind = Event,
                Key = user.Id.ToString(CultureInfo.InvariantCulture),
                ActorId = by,
                Effect = PageEffect.Changed,
            }
        );

    /// <summary>Tells the admins' open pages the new count.</summary>
    public static async Task<Func<LiveStream, string>> ReadNews(
        IReadOnlyList<EventRow> events,
        string mark,
        IServiceProvider services,
        CancellationToken stop
    )
    {
        if (!events.Any(e => e.Kind == Event))
            return _ => "";
        var count = await Count(services.GetRequiredService<AppDb>(), services.GetRequiredService<CountCache>(), stop);
        var frame = LiveFrame.Of("waiting", mark, count.ToString(CultureInfo.InvariantCulture));
        return stream => stream.User.IsAdmin ? frame : "";
    }
}
