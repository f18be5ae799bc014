using MdcTts.Features.Accounts.Resets;
using MdcTts.Features.Outbox;
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

/// <summary>
/// What an admin may do about somebody's access: end the sessions, have a reset link mailed, take away a second factor
/// that was lost. The password itself stays the person's own.
/// </summary>
public sealed class ChangeAccess(AppDb db, CurrentUser by, AskReset reset, TimeProvider clock)
{
    private static readonly Problem Inactive = Problem.Conflict("users.access.inactive");

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapPost("/{id:int}/sessions/end", SubmitSessionsEnd).RequireAuthorization(Policies.Admin).RequiresProof();
        pages.MapPost("/{id:int}/reset", SubmitReset).RequireAuthorization(Policies.Admin).RequiresProof();
        pages
            .MapPost("/{id:int}/second-factor/removal", SubmitRemoval)
            .RequireAuthorization(Policies.Admin)
            .RequiresProof();
    }

    public Task<Result<User>> EndSessions(int id, CancellationToken stop) =>
        Change(
            id,
            async (user, now) =>
            {
                user.EndSessions();
                await db.EndAccess(user.Id, now, stop);
                db.Audit.Add(AuditLog.By(by, "user.sessions_ended", "user", user.Id.ToString(), now));
                return null;
            },
            stop
        );

    public Task<Result<User>> SendReset(int id, CancellationToken stop) =>
        Change(
            id,
            async (user, now) =>
            {
                if (!user.IsActive)
                    return Inactive;
                if (!await reset.AddMail(user, now, stop))
                    return Problem.Conflict("users.access.reset_enough");
                db.Audit.Add(AuditLog.By(by, "user.reset_sent", "user", user.Id.ToString(), now));
                return null;
            },
            stop
        );

    public Task<Result<User>> RemoveSecondFactor(int id, CancellationToken stop) =>
        Change(
            id,
            async (user, now) =>
            {
                user.TotpSecret = null;
                user.TotpStep = null;
                await db.RecoveryCodes.Where(c => c.UserId == user.Id).ExecuteDeleteAsync(stop);
                var passkeys = await db.UserPasskeys.Where(p => p.UserId == user.Id).ExecuteDeleteAsync(stop);
                // The person who has the lost device may still be signed in.
                user.EndSessions();
                await db.EndAccess(user.Id, now, stop);
                db.Outbox.Add(OutboxMessage.For(user.Id, "account.second_factor_changed", now, ["off"]));
                var data = new { passkeys };
                db.Audit.Add(AuditLog.By(by, "user.second_factor_removed", "user", user.Id.ToString(), now, data));
                return null;
            },
            stop
        );

    private async Task<Result<User>> Change(int id, Func<User, DateTime, Task<Problem?>> change, CancellationToken stop)
    {
        await using var write = await db.BeginWrite(stop);
        if (await db.Users.SingleOrDefaultAsync(u => u.Id == id && u.ErasedAt == null, stop) is not { } user)
            return Problem.NotFound();
        if (await change(user, clock.Instant()) is { } refusal)
            return refusal;
        user.Touch();
        if (!(await db.Save(user, stop)).Ok(out _, out var problem))
            return problem;
        await write.Commit(stop);
        return user;
    }

    private static async Task<IResult> SubmitSessionsEnd(
        int id,
        ChangeAccess useCase,
        HttpContext http,
        CancellationToken stop
    ) => Answer(await useCase.EndSessions(id, stop), "users.access.sessions_ended", http);

    private static async Task<IResult> SubmitReset(
        int id,
        ChangeAccess useCase,
        HttpContext http,
        CancellationToken stop
    ) => Answer(await useCase.SendReset(id, stop), "users.access.reset_sent", http);

    private static async Task<IResult> SubmitRemoval(
        int id,
        ChangeAccess useCase,
        HttpContext http,
        CancellationToken stop
    ) => Answer(await useCase.RemoveSecondFactor(id, stop), "users.access.factor_removed", http);

    private static IResult Answer(Result<User> result, string toast, HttpContext http)
    {
        if (!result.Ok(out var user, out var problem))
            return http.HtmlProblem(problem);
        http.Toast(Words.T[toast, PersonName.Shown(user.FullName, user.NameAr)]);
        return http.SeeOther(AccountRoutes.User(user.Id));
    }
}
