using MdcTts.Features.Settings;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;

namespace MdcTts.Features.Accounts.Invitations;

/// <summary>Behind the mailed invitation: the person chooses a password, and is active from then on.</summary>
public sealed class AcceptInvitation(AppDb db, CurrentSettings current, PasswordHashing hashing, TimeProvider clock)
{
    public sealed class Command
    {
        public string? Password { get; set; }
        public string? Repeat { get; set; }
    }

    public sealed record View(string Token, string FullName, string Email, FieldErrors? Errors, int PasswordMinLength);

    private static readonly Problem LinkExpired = Problem.NotFound("invitation.over");

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/invitation/{token}", Form).AllowAnonymous().Limited(RateLimits.SignIn);
        pages.MapPost("/invitation/{token}", Submit).AllowAnonymous().Limited(RateLimits.SignIn);
    }

    public async Task<Result<User>> Handle(string token, Command command, RequestOrigin from, CancellationToken stop)
    {
        if (await Find(token, stop) is not { User: var user } link)
            return LinkExpired;
        var errors = new FieldErrors();
        Passwords.CheckRepeated(errors, command.Password, command.Repeat, await current.Get(stop), user);
        if (errors.Any)
            return Problem.Invalid(errors);

        var hash = await hashing.Hash(command.Password!, stop);
        var now = clock.Instant();
        await using var write = await db.BeginWrite(stop);
        if (!await AccountLinks.Use(db, link, now, stop))
            return LinkExpired;
        Passwords.Use(user, hash, now);
        user.Status = UserStatus.Active;
        user.EmailConfirmed = true;
        user.Touch();
        db.Audit.Add(AuditLog.Entry("account.invitation_accepted", "user", user.Id.ToString(), user.Id, now, from));
        if (!(await db.Save(user, stop)).Ok(out _, out var problem))
            return problem;
        await write.Commit(stop);
        return user;
    }

    private async Task<AccountLink?> Find(string token, CancellationToken stop)
    {
        var link = await AccountLinks.Find(db, LinkKind.Invitation, token, clock.Instant(), stop);
        return link is { User.Status: UserStatus.Pending } ? link : null;
    }

    private async Task<Result<View>> Show(string token, FieldErrors? errors, CancellationToken stop)
    {
        if (await Find(token, stop) is not { User: var user })
            return LinkExpired;
        var settings = await current.Get(stop);
        return new View(token, user.FullName, user.Email!, errors, settings.PasswordMinLength);
    }

    private static async Task<IResult> Form(
        string token,
        AcceptInvitation useCase,
        HttpContext http,
        CancellationToken stop
    ) =>
        (await useCase.Show(token, errors: null, stop)).Match<IResult>(
            InvitationPage.Create,
            problem => DeadLink(http, problem)
        );

    private static async Task<IResult> Submit(
        string token,
        [FromForm] Command? command,
        AcceptInvitation useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        var result = await useCase.Handle(token, command ?? new(), http.Origin(), stop);
        if (result.Ok(out _, out var problem))
        {
            // Signing in may ask for more, such as a second factor, so the person is not signed in here.
            http.Toast(Words.T["invitation.done"]);
            return http.SeeOther(AccountRoutes.SignIn);
        }

        if (problem.Fields is null || !(await useCase.Show(token, problem.Fields, stop)).Ok(out var view, out _))
            return DeadLink(http, problem);
        return InvitationPage.Create(view).Status(ProblemResults.StatusOf(problem.Kind));
    }

    private static IResult DeadLink(HttpContext http, Problem problem) =>
        http.DeadLink(
            problem,
            (AccountRoutes.SignIn, Words.T["signin.button"]),
            (AccountRoutes.Forgot, Words.T["reset.forgot"])
        );
}
