using MdcTts.Features.Accounts.SecondFactors;
using MdcTts.Features.Outbox;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.SignIn;

/// <summary>
/// Where every way of signing in ends: a session, its audit entry and, from a browser that the person has not used
/// before, a mail to them.
/// </summary>
public sealed class SignInCompletion(
    AppDb db,
    Attempts attempts,
    FactorCheck factors,
    SealedCookie cookie,
    TimeProvider clock
)
{
    /// <summary>Somebody who has shown the first factor and still owes the second.</summary>
    public sealed record FirstFactorShown(int UserId, string Stamp, string ReturnUrl, string How);

    /// <summary>The name of the cookie that keeps <see cref="FirstFactorShown"/>.</summary>
    public const string FirstFactorCookie = "signin";

    /// <summary>
    /// After the first factor: signs the person in, or keeps what they have shown until the second. Answers the address
    /// of the next page.
    /// </summary>
    public async Task<string> AcceptFirstFactor(
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
            await SignIn(user, attempt, how, http, stop);
            return returnUrl;
        }

        if (attempt is not null)
            await attempts.Withdraw(attempt, stop);
        cookie.Keep(http, FirstFactorCookie, new FirstFactorShown(user.Id, user.SecurityStamp!, returnUrl, how));
        return AccountRoutes.SignInCode;
    }

    /// <summary>Signs somebody in who has shown all factors.</summary>
    /// <param name="attempt">The attempt to forget; null when none was counted.</param>
    /// <param name="how">
    /// For the audit log: <c>password</c>, <c>totp</c>, <c>recovery_code</c>, <c>passkey</c>, <c>google</c>.
    /// </param>
    public async Task SignIn(User user, Attempts.Attempt? attempt, string how, HttpContext http, CancellationToken stop)
    {
        var session = Sessions.Begin(http, db, user, clock.Instant());
        await Save(user, session, attempt, how, http, stop);
        await Sessions.SignIn(http, session);
        if (user.Theme is not null)
            Preferences.Remember(http, Preferences.ThemeCookie, user.Theme);
    }

    private async Task Save(
        User user,
        UserSession session,
        Attempts.Attempt? attempt,
        string how,
        HttpContext http,
        CancellationToken stop
    )
    {
        var now = session.CreatedAt;
        var from = http.Origin();
        await using var write = await db.BeginWrite(stop);
        await db.EndBefore(http, now, stop);
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
        var entry = AuditLog.Entry("account.signed_in", "user", user.Id.ToString(), user.Id, now, from, new { how });
        entry.SessionId = session.Id;
        db.Audit.Add(entry);
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
    }
}
