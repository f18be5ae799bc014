using MdcTts.Features.Audit;
using MdcTts.Features.Settings;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Invitations;

/// <summary>Behind the mailed invitation: the person chooses a password, and is active from then on.</summary>
public static class AcceptInvitation
{
    public sealed class Command
    {
        public string? Password { get; set; }
        public string? Repeat { get; set; }
    }

    public sealed record View(string Token, string FullName, string Email, FieldErrors? Errors, int PasswordMinLength);

    private static readonly Problem Over = Problem.NotFound("invitation.over");

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/invitation/{token}", Form).AllowAnonymous().Limited(RateLimits.SignIn);
        pages.MapPost("/invitation/{token}", Submit).AllowAnonymous().Limited(RateLimits.SignIn);
    }

    public static async Task<Result<User>> Handle(
        string token,
        Command command,
        AppDb db,
        FirmSettings settings,
        IPasswordHasher<User> hasher,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        var now = clock.Instant();
        if (await Find(token, db, now, stop) is not { User: var user } link)
            return Over;
        var errors = new FieldErrors();
        Passwords.CheckRepeated(
            errors,
            command.Password,
            command.Repeat,
            settings,
            user.FullName,
            user.Email,
            user.Company
        );
        if (errors.Any)
            return Problem.Invalid(errors);

        await using var write = await db.BeginWrite(stop);
        if (!await AccountLinks.Use(db, link, now, stop))
            return Over;
        Passwords.Use(user, command.Password!, hasher, now);
        user.Status = UserStatus.Active;
        user.EmailConfirmed = true;
        user.Touch();
        db.Audit.Add(AuditLog.Entry("account.invitation_accepted", "user", user.Id.ToString(), user.Id, now, http));
        if (!(await db.Save(user, stop)).Ok(out _, out var problem))
            return problem;
        await write.Commit(stop);
        return user;
    }

    private static async Task<AccountLink?> Find(string token, AppDb db, DateTime now, CancellationToken stop) =>
        await AccountLinks.Find(db, LinkKind.Invitation, token, now, stop) is { User.Status: UserStatus.Pending } link
            ? link
            : null;

    private static async Task<IResult> Form(
        string token,
        AppDb db,
        CurrentSettings current,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    ) =>
        await Find(token, db, clock.Instant(), stop) is { User: var user }
            ? InvitationPage.Create(
                new(token, user.FullName, user.Email!, null, (await current.Get(stop)).PasswordMinLength)
            )
            : http.HtmlProblem(Over);

    private static async Task<IResult> Submit(
        string token,
        [FromForm] Command? command,
        AppDb db,
        CurrentSettings current,
        IPasswordHasher<User> hasher,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        var settings = await current.Get(stop);
        if ((await Handle(token, command ?? new(), db, settings, hasher, clock, http, stop)).Ok(out _, out var problem))
        {
            // Through the front door: whatever else signing in asks for, such as a second factor, is asked for there.
            http.Toast(Words.T["invitation.done"]);
            return http.SeeOther(AccountRoutes.SignIn);
        }

        var user = problem.Fields is null ? null : (await Find(token, db, clock.Instant(), stop))?.User;
        return user is null
            ? http.HtmlProblem(problem)
            : InvitationPage
                .Create(new(token, user.FullName, user.Email!, problem.Fields, settings.PasswordMinLength))
                .Status(ProblemResults.StatusOf(problem.Kind));
    }
}
