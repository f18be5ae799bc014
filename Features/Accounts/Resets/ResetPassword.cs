using MdcTts.Features.Outbox;
using MdcTts.Features.Settings;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;

namespace MdcTts.Features.Accounts.Resets;

/// <summary>
/// Behind the mailed link: a new password, once. Every session, token and older link ends, and the person is told.
/// </summary>
public sealed class ResetPassword(AppDb db, CurrentSettings current, PasswordHashing hashing, TimeProvider clock)
{
    public sealed class Command
    {
        public string? Password { get; set; }
        public string? Repeat { get; set; }
    }

    public sealed record View(string Token, string Email, FieldErrors? Errors, int PasswordMinLength);

    private static readonly Problem LinkExpired = Problem.NotFound("reset.link_over");

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/reset/{token}", Form).AllowAnonymous().Limited(RateLimits.SignIn);
        pages.MapPost("/reset/{token}", Submit).AllowAnonymous().Limited(RateLimits.SignIn);
    }

    public async Task<Result<User>> Handle(string token, Command command, RequestOrigin from, CancellationToken stop)
    {
        if (await Find(token, stop) is not { } link)
            return LinkExpired;
        var user = link.User;
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
        // The mail with the link reached them.
        user.EmailConfirmed = true;
        user.Touch();
        await AccountLinks.End(db, user.Id, LinkKind.Reset, now, stop);
        await db.EndAccess(user.Id, now, stop);
        db.Outbox.Add(OutboxMessage.For(user.Id, "account.password_changed", now));
        db.Audit.Add(AuditLog.Entry("account.password_reset", "user", user.Id.ToString(), user.Id, now, from));
        if (!(await db.Save(user, stop)).Ok(out _, out var problem))
            return problem;
        await write.Commit(stop);
        return user;
    }

    private async Task<AccountLink?> Find(string token, CancellationToken stop) =>
        await AccountLinks.Find(db, LinkKind.Reset, token, clock.Instant(), stop) is { User.IsActive: true } link
            ? link
            : null;

    private async Task<Result<View>> Show(string token, FieldErrors? errors, CancellationToken stop) =>
        await Find(token, stop) is { User.Email: { } email }
            ? new View(token, email, errors, (await current.Get(stop)).PasswordMinLength)
            : LinkExpired;

    private static async Task<IResult> Form(
        string token,
        ResetPassword useCase,
        HttpContext http,
        CancellationToken stop
    ) =>
        (await useCase.Show(token, errors: null, stop)).Match<IResult>(
            ResetPage.Create,
            problem => DeadLink(http, problem)
        );

    private static async Task<IResult> Submit(
        string token,
        [FromForm] Command? command,
        ResetPassword useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        var result = await useCase.Handle(token, command ?? new(), http.Origin(), stop);
        if (result.Ok(out _, out var problem))
        {
            http.Toast(Words.T["reset.done"]);
            return http.SeeOther(AccountRoutes.SignIn);
        }

        if (problem.Fields is null || !(await useCase.Show(token, problem.Fields, stop)).Ok(out var view, out _))
            return DeadLink(http, problem);
        return ResetPage.Create(view).Status(ProblemResults.StatusOf(problem.Kind));
    }

    private static IResult DeadLink(HttpContext http, Problem problem) =>
        http.DeadLink(
            problem,
            (AccountRoutes.Forgot, Words.T["reset.new_link"]),
            (AccountRoutes.SignIn, Words.T["signin.button"])
        );
}
