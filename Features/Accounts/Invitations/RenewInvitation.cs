using MdcTts.Features.Audit;
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

namespace MdcTts.Features.Accounts.Invitations;

/// <summary>An admin sends an invitation once more, or takes it back: then the account is rejected until it is sent again.</summary>
public static class RenewInvitation
{
    private static readonly Problem Chosen = Problem.Conflict("invitation.used");

    public static void Map(RouteGroupBuilder pages)
    {
        pages
            .MapPost(
                "/{id:int}/invitation",
                (
                    int id,
                    AppDb db,
                    CurrentUser by,
                    OutboxSecrets secrets,
                    TimeProvider clock,
                    HttpContext http,
                    CancellationToken stop
                ) => Submit(id, isRevoked: false, db, by, secrets, clock, http, stop)
            )
            .RequireAuthorization(Policies.Admin);
        pages
            .MapPost(
                "/{id:int}/invitation/revocation",
                (
                    int id,
                    AppDb db,
                    CurrentUser by,
                    OutboxSecrets secrets,
                    TimeProvider clock,
                    HttpContext http,
                    CancellationToken stop
                ) => Submit(id, isRevoked: true, db, by, secrets, clock, http, stop)
            )
            .RequireAuthorization(Policies.Admin);
    }

    public static async Task<Result<User>> Handle(
        int id,
        bool isRevoked,
        AppDb db,
        CurrentUser by,
        OutboxSecrets secrets,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        var now = clock.Instant();
        await using var write = await db.BeginWrite(stop);
        var user = await db.Users.SingleOrDefaultAsync(u => u.Id == id && u.ErasedAt == null, stop);
        if (user is null)
            return Problem.NotFound();
        // Who registered has a password already, whoever may come in has another way.
        if (
            user is not { PasswordHash: null, Status: UserStatus.Pending or UserStatus.Rejected }
            || await db.UserLogins.AnyAsync(l => l.UserId == id, stop)
        )
            return Chosen;

        await AccountLinks.End(db, id, LinkKind.Invitation, now, stop);
        user.Status = isRevoked ? UserStatus.Rejected : UserStatus.Pending;
        user.Touch();
        if (!isRevoked)
            AccountInvitation.Add(db, user, by.Name, secrets, now);
        db.Audit.Add(
            AuditLog.By(by, isRevoked ? "user.invitation_revoked" : "user.invited", "user", id.ToString(), now)
        );
        if (!(await db.Save(user, stop)).Ok(out _, out var problem))
            return problem;
        await write.Commit(stop);
        return user;
    }

    private static async Task<IResult> Submit(
        int id,
        bool isRevoked,
        AppDb db,
        CurrentUser by,
        OutboxSecrets secrets,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (!(await Handle(id, isRevoked, db, by, secrets, clock, stop)).Ok(out var user, out var problem))
            return http.HtmlProblem(problem);
        http.Toast(Words.T[isRevoked ? "invitation.revoked" : "invitation.sent", user.FullName]);
        return http.SeeOther(AccountRoutes.User(id));
    }
}
