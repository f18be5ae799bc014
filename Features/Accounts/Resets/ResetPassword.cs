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
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Resets;

/// <summary>Behind the mailed link: a new password, once. Every session, token and older link ends, and the person is told.</summary>
public static class ResetPassword
{
    public sealed class Command
    {
        public string? Password { get; set; }
        public string? Repeat { get; set; }
    }

    public sealed record View(string Token, string Email, FieldErrors? Errors, int PasswordMinLength);

    private static readonly Problem Over = Problem.NotFound("reset.link_over");

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/reset/{token}", Form).AllowAnonymous().Limited(RateLimits.SignIn);
        pages.MapPost("/reset/{token}", Submit).AllowAnonymous().Limited(RateLimits.SignIn);
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
        if (await Find(token, db, now, stop) is not { } link)
            return Over;
        var user = link.User;
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
        // The mail with the link reached them.
        user.EmailConfirmed = true;
        user.Touch();
        await AccountLinks.End(db, user.Id, LinkKind.Reset, now, stop);
        await db.EndAccess(user.Id, now, stop);
        db.Outbox.Add(OutboxMessage.For(user.Id, "account.password_changed", now));
        db.Audit.Add(AuditLog.Entry("account.password_reset", "user", user.Id.ToString(), user.Id, now, http));
        if (!(await db.Save(user, stop)).Ok(out _, out var problem))
            return problem;
        await write.Commit(stop);
        return user;
    }

    private static async Task<AccountLink?> Find(string token, AppDb db, DateTime now, CancellationToken stop) =>
        await AccountLinks.Find(db, LinkKind.Reset, token, now, stop) is { User.IsActive: true } link ? link : null;

    private static async Task<IResult> Form(
        string token,
        AppDb db,
        CurrentSettings current,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    ) =>
        await Find(token, db, clock.Instant(), stop) is { } link
            ? ResetPage.Create(new(token, link.User.Email!, null, (await current.Get(stop)).PasswordMinLength))
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
            http.Toast(Words.T["reset.done"]);
            return http.SeeOther(AccountRoutes.SignIn);
        }

        var email = problem.Fields is null ? null : (await Find(token, db, clock.Instant(), stop))?.User.Email;
        return email is null
            ? http.HtmlProblem(problem)
            : ResetPage
                .Create(new(token, email, problem.Fields, settings.PasswordMinLength))
                .Status(ProblemResults.StatusOf(problem.Kind));
    }
}
