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

/// <summary>
/// An admin sends an invitation once more, or revokes it: then the account is rejected until it is sent again.
/// </summary>
public sealed class RenewInvitation(AppDb db, CurrentUser admin, OutboxSecrets secrets, TimeProvider clock)
{
    private static readonly Problem InvitationUsed = Problem.Conflict("invitation.used");

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapPost("/{id:int}/invitation", SubmitRenewal).RequireAuthorization(Policies.Admin).RequiresProof();
        pages.MapPost("/{id:int}/invitation/revocation", SubmitRevocation).RequireAuthorization(Policies.Admin);
    }

    public async Task<Result<User>> Handle(int id, bool isRevoked, CancellationToken stop)
    {
        var now = clock.Instant();
        var admins = await Admins.Active(db, stop);
        await using var write = await db.BeginWrite(stop);
        var user = await db.Users.SingleOrDefaultAsync(u => u.Id == id && u.ErasedAt == null, stop);
        if (user is null)
            return Problem.NotFound();
        // Only somebody who was invited, and has not accepted yet, has neither a password nor a Google account.
        if (
            user is not { PasswordHash: null, Status: UserStatus.Pending or UserStatus.Rejected }
            || await db.UserLogins.AnyAsync(l => l.UserId == id, stop)
        )
            return InvitationUsed;

        await AccountLinks.End(db, id, LinkKind.Invitation, now, stop);
        if (user is { Role: Role.Admin, Status: UserStatus.Rejected } && !isRevoked)
            Admins.TellOfNew(user, admin.Name, admins, db, now);
        user.Status = isRevoked ? UserStatus.Rejected : UserStatus.Pending;
        user.Touch();
        if (!isRevoked)
            AccountInvitation.Add(db, user, admin.Name, secrets, now);
        db.Audit.Add(
            AuditLog.By(admin, isRevoked ? "user.invitation_revoked" : "user.invited", "user", id.ToString(), now)
        );
        if (!(await db.Save(user, stop)).Ok(out _, out var problem))
            return problem;
        await write.Commit(stop);
        return user;
    }

    private static async Task<IResult> SubmitRenewal(
        int id,
        RenewInvitation useCase,
        HttpContext http,
        CancellationToken stop
    ) => Answer(await useCase.Handle(id, isRevoked: false, stop), "invitation.sent", http);

    private static async Task<IResult> SubmitRevocation(
        int id,
        RenewInvitation useCase,
        HttpContext http,
        CancellationToken stop
    ) => Answer(await useCase.Handle(id, isRevoked: true, stop), "invitation.revoked", http);

    private static IResult Answer(Result<User> result, string toast, HttpContext http)
    {
        if (!result.Ok(out var user, out var problem))
            return http.HtmlProblem(problem);
        http.Toast(Words.T[toast, PersonName.Shown(user.FullName, user.NameAr)]);
        return http.SeeOther(AccountRoutes.User(user.Id));
    }
}
