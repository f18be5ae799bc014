using MdcTts.Features.Accounts.SignIn;
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
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Profile;

/// <summary>A new password for oneself. Every other session and token ends; this session goes on.</summary>
public sealed class ChangePassword(
    AppDb db,
    CurrentUser user,
    CurrentSettings current,
    PasswordHashing hashing,
    Attempts attempts,
    TimeProvider clock
)
{
    public sealed class Command
    {
        public string? Current { get; set; }
        public string? Password { get; set; }
        public string? Repeat { get; set; }
    }

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/password", Form).RequireAuthorization(Policies.SignedIn).AllowedBeforeRequiredPage();
        pages
            .MapPost("/password", Submit)
            .RequireAuthorization(Policies.SignedIn)
            .AllowedBeforeRequiredPage()
            .Limited(RateLimits.SignIn);
    }

    /// <param name="Errors">What is wrong with the fields; nothing at first.</param>
    /// <param name="IsGiven">Somebody else chose the present one.</param>
    public sealed record View(FieldErrors? Errors, int PasswordMinLength, bool IsGiven);

    /// <param name="from">A wrong present password counts like one at sign-in.</param>
    public async Task<Result<User>> Handle(Command command, RequestOrigin from, CancellationToken stop)
    {
        var settings = await current.Get(stop);
        var me = await db.Users.SingleAsync(u => u.Id == user.Id, stop);
        using var place = await hashing.TakePlace(stop);
        var errors = new FieldErrors();
        var attempt = await attempts.Begin(me.NormalizedEmail!, me.Id, from, stop, user.SessionId);
        var isRight =
            attempt.IsAllowed
            && me.PasswordHash is not null
            && command.Current is { Length: > 0 and <= Passwords.MaxLength }
            && await place.Verify(me.PasswordHash, command.Current, stop) != PasswordHashing.Verdict.Wrong;
        errors.AddIf(!isRight, "current", "password.wrong");
        Passwords.CheckRepeated(errors, command.Password, command.Repeat, settings, me);
        errors.AddIf(isRight && command.Password == command.Current, "password", "password.same");
        await CountAttempt(attempt, isRight, stop);
        if (errors.Any)
            return Problem.Invalid(errors);

        Passwords.Use(me, await place.Hash(command.Password!, stop), clock.Instant());
        me.Touch();
        // Every other session and token ends; this one goes on under the new stamp.
        if (user.SessionId is { } id && await db.Sessions.FindAsync([id], stop) is { } session)
            session.Stamp = me.SecurityStamp!;
        db.Audit.Add(AuditLog.By(user, "account.password_changed", "user", user.Id.ToString(), clock.Instant()));
        db.Outbox.Add(OutboxMessage.For(user.Id, "account.password_changed", clock.Instant()));
        return await db.Save(me, stop);
    }

    private async Task CountAttempt(Attempts.Attempt attempt, bool isRight, CancellationToken stop)
    {
        await using var write = await db.BeginWrite(stop);
        if (isRight)
        {
            await attempts.Succeeded(attempt, stop);
        }
        else
        {
            db.Audit.Add(AuditLog.By(user, "account.password_refused", "user", user.Id.ToString(), clock.Instant()));
            await db.SaveChangesAsync(stop);
        }

        await write.Commit(stop);
    }

    private async Task<View> Show(FieldErrors? errors, CancellationToken stop) =>
        new(
            errors,
            (await current.Get(stop)).PasswordMinLength,
            await db.Users.AnyAsync(u => u.Id == user.Id && u.HasGivenPassword, stop)
        );

    private static async Task<IResult> Form(ChangePassword useCase, CancellationToken stop) =>
        PasswordPage.Create(await useCase.Show(errors: null, stop));

    private static async Task<IResult> Submit(
        [FromForm] Command? command,
        ChangePassword useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (!(await useCase.Handle(command ?? new(), http.Origin(), stop)).Ok(out _, out var problem))
            return problem.Fields is null
                ? http.HtmlProblem(problem)
                : PasswordPage
                    .Create(await useCase.Show(problem.Fields, stop))
                    .Status(ProblemResults.StatusOf(problem.Kind));

        http.Toast(Words.T["password.changed"]);
        return http.SeeOther(AccountRoutes.Password);
    }
}
