using MdcTts.Features.Accounts.Resets;
using MdcTts.Features.Audit;
using MdcTts.Features.Outbox;
using MdcTts.Features.Settings;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Users;

/// <summary>How somebody comes in, as an admin sees it.</summary>
/// <param name="IsInvited">Made by an admin, and has not chosen a password yet.</param>
/// <param name="InvitedUntil">How long the mailed link holds; null when none does.</param>
/// <param name="Sessions">Browsers that are signed in.</param>
/// <param name="HasAuthenticator">A second factor by codes.</param>
/// <param name="Passkeys">How many.</param>
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

/// <summary>What an admin may do about it: end the sessions, have a reset link mailed, take away a second factor that was lost. The password itself stays the person's own.</summary>
public static class ChangeAccess
{
    private static readonly Problem Inactive = Problem.Conflict("users.access.inactive");

    public static void Map(RouteGroupBuilder pages)
    {
        pages
            .MapPost(
                "/{id:int}/sessions/end",
                (
                    int id,
                    AppDb db,
                    CurrentUser by,
                    OutboxSecrets secrets,
                    TimeProvider clock,
                    HttpContext http,
                    CancellationToken stop
                ) => Submit(id, EndSessions, "users.access.sessions_ended", db, by, secrets, clock, http, stop)
            )
            .RequireAuthorization(Policies.Admin);
        pages
            .MapPost(
                "/{id:int}/reset",
                (
                    int id,
                    AppDb db,
                    CurrentUser by,
                    OutboxSecrets secrets,
                    TimeProvider clock,
                    HttpContext http,
                    CancellationToken stop
                ) => Submit(id, SendReset, "users.access.reset_sent", db, by, secrets, clock, http, stop)
            )
            .RequireAuthorization(Policies.Admin);
        pages
            .MapPost(
                "/{id:int}/second-factor/removal",
                (
                    int id,
                    AppDb db,
                    CurrentUser by,
                    OutboxSecrets secrets,
                    TimeProvider clock,
                    HttpContext http,
                    CancellationToken stop
                ) => Submit(id, RemoveSecondFactor, "users.access.factor_removed", db, by, secrets, clock, http, stop)
            )
            .RequireAuthorization(Policies.Admin)
            .Confirmed();
    }

    private delegate Task<Problem?> Change(
        User user,
        AppDb db,
        CurrentUser by,
        OutboxSecrets secrets,
        DateTime now,
        CancellationToken stop
    );

    private static async Task<Problem?> EndSessions(
        User user,
        AppDb db,
        CurrentUser by,
        OutboxSecrets secrets,
        DateTime now,
        CancellationToken stop
    )
    {
        user.EndSessions();
        await db.EndAccess(user.Id, now, stop);
        db.Audit.Add(AuditLog.By(by, "user.sessions_ended", "user", user.Id.ToString(), now));
        return null;
    }

    private static async Task<Problem?> SendReset(
        User user,
        AppDb db,
        CurrentUser by,
        OutboxSecrets secrets,
        DateTime now,
        CancellationToken stop
    )
    {
        if (!user.IsActive)
            return Inactive;
        if (!await AskReset.Mail(user, db, secrets, now, stop))
            return Problem.Conflict("users.access.reset_enough");
        db.Audit.Add(AuditLog.By(by, "user.reset_sent", "user", user.Id.ToString(), now));
        return null;
    }

    private static async Task<Problem?> RemoveSecondFactor(
        User user,
        AppDb db,
        CurrentUser by,
        OutboxSecrets secrets,
        DateTime now,
        CancellationToken stop
    )
    {
        (user.TotpSecret, user.TotpStep) = (null, null);
        await db.RecoveryCodes.Where(c => c.UserId == user.Id).ExecuteDeleteAsync(stop);
        var passkeys = await db.UserPasskeys.Where(p => p.UserId == user.Id).ExecuteDeleteAsync(stop);
        // Whoever holds the lost device may still be in.
        user.EndSessions();
        await db.EndAccess(user.Id, now, stop);
        db.Outbox.Add(OutboxMessage.For(user.Id, "account.second_factor_changed", now, ["off"]));
        db.Audit.Add(AuditLog.By(by, "user.second_factor_removed", "user", user.Id.ToString(), now, new { passkeys }));
        return null;
    }

    private static async Task<IResult> Submit(
        int id,
        Change change,
        string done,
        AppDb db,
        CurrentUser by,
        OutboxSecrets secrets,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        await using var write = await db.BeginWrite(stop);
        if (await db.Users.SingleOrDefaultAsync(u => u.Id == id && u.ErasedAt == null, stop) is not { } user)
            return http.HtmlProblem(Problem.NotFound());
        if (await change(user, db, by, secrets, clock.Instant(), stop) is { } problem)
            return http.HtmlProblem(problem);
        user.Touch();
        if (!(await db.Save(user, stop)).Ok(out _, out problem))
            return http.HtmlProblem(problem);
        await write.Commit(stop);
        http.Toast(Words.T[done, user.FullName]);
        return http.SeeOther(AccountRoutes.User(id));
    }
}
