using MdcTts.Features.Accounts.SecondFactors;
using MdcTts.Features.Audit;
using MdcTts.Features.Outbox;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.SignIn;

/// <summary>Where every way of signing in ends: a session, its audit entry and, from a browser that the person has not used before, a mail to them.</summary>
public sealed class Entrance(AppDb db, Attempts attempts, FactorCheck factors, SealedCookie cookie, TimeProvider clock)
{
    /// <summary>Somebody who has shown their first factor and still owes the second.</summary>
    public sealed record Halfway(int UserId, string Stamp, string ReturnUrl, string How);

    /// <summary>The name of the cookie that keeps <see cref="Halfway"/>.</summary>
    public const string HalfwayCookie = "signin";

    /// <summary>After the first factor: in, or first to the page that asks for the second. Answers where to go.</summary>
    public async Task<string> Receive(
        User user,
        Attempts.Attempt? attempt,
        string how,
        string returnUrl,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (!await factors.Has(user, stop))
        {
            await Admit(user, attempt, how, http, stop);
            return returnUrl;
        }

        if (attempt is not null)
            await attempts.Undecided(attempt, stop);
        cookie.Keep(http, HalfwayCookie, new Halfway(user.Id, user.SecurityStamp!, returnUrl, how));
        return AccountRoutes.SignInCode;
    }

    /// <param name="user">Who has proved to be it, wholly.</param>
    /// <param name="attempt">The try to be forgotten; null when none was counted.</param>
    /// <param name="how">For the audit log: <c>password</c>, <c>totp</c>, <c>recovery_code</c>, <c>passkey</c>, <c>google</c>.</param>
    /// <param name="http">The browser's request.</param>
    /// <param name="stop">Ends the wait for the database.</param>
    public async Task Admit(User user, Attempts.Attempt? attempt, string how, HttpContext http, CancellationToken stop)
    {
        var now = clock.Instant();
        var session = Sessions.Begin(http, db, user, now);
        await using (var write = await db.BeginWrite(stop))
        {
            if (attempt is not null)
                await attempts.Succeeded(attempt, stop);
            if (!await db.Sessions.AnyAsync(s => s.UserId == user.Id && s.Device == session.Device, stop))
                db.Outbox.Add(
                    OutboxMessage.For(
                        user.Id,
                        "account.new_device",
                        now,
                        [session.Agent, session.Address, $"{now:yyyy-MM-ddTHH:mm:ssZ}"]
                    )
                );
            await db
                .Users.Where(u => u.Id == user.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(u => u.LastSignInAt, now), stop);
            var entry = AuditLog.Entry(
                "account.signed_in",
                "user",
                user.Id.ToString(),
                user.Id,
                now,
                http,
                new { how }
            );
            entry.SessionId = session.Id;
            db.Audit.Add(entry);
            await db.SaveChangesAsync(stop);
            await write.Commit(stop);
        }

        await Sessions.SignIn(http, session);
        if (user.Theme is not null)
            Preferences.Remember(http, Preferences.ThemeCookie, user.Theme);
    }
}
