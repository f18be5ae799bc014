using MdcTts.Features.Audit;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.ReadOnly;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.SignIn;

/// <summary>E-mail and password for a session, or for the page that asks for the second factor. Who still waits for approval is told so, after the right password only.</summary>
public static class SignInWithPassword
{
    public sealed class Command
    {
        public string? Email { get; set; }
        public string? Password { get; set; }
        public string? ReturnUrl { get; set; }
    }

    public sealed record View(string? Email, string ReturnUrl, string? Error);

    /// <summary>Somebody with the right password who may not come in yet.</summary>
    public sealed record Waiting(bool IsConfirmed);

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet(AccountRoutes.SignIn, Form).AllowAnonymous();
        pages.MapPost(AccountRoutes.SignIn, Submit).AllowAnonymous().Limited(RateLimits.SignIn).OpenReadOnly();
        pages.MapPost(AccountRoutes.SignOut, SignOut).AllowAnonymous().OpenReadOnly();
    }

    private static IResult Form(HttpContext http, string? returnUrl, string? google) =>
        http.User.Identity?.IsAuthenticated == true
            ? Results.LocalRedirect(Html.LocalPath(returnUrl))
            : SignInPage.Create(new(null, Html.LocalPath(returnUrl), google == "failed" ? "google.failed" : null));

    private static async Task<IResult> Submit(
        [FromForm] Command? command,
        PasswordCheck check,
        Entrance entrance,
        Attempts attempts,
        AppDb db,
        HttpContext http,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        command ??= new();
        if (await check.Handle(command.Email, command.Password, http, stop) is not var (user, attempt))
            return SignInPage
                .Create(new(command.Email, Html.LocalPath(command.ReturnUrl), "signin.wrong"))
                .Status(ProblemResults.StatusOf(ProblemKind.Invalid));

        if (user.IsActive)
            return http.SeeOther(
                await entrance.Receive(user, attempt, "password", Html.LocalPath(command.ReturnUrl), http, stop)
            );
        await using var write = await db.BeginWrite(stop);
        await attempts.Succeeded(attempt, stop);
        db.Audit.Add(
            AuditLog.Entry("account.sign_in_waiting", "user", user.Id.ToString(), user.Id, clock.Instant(), http)
        );
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return WaitingPage.Create(new(user.EmailConfirmed));
    }

    private static async Task<IResult> SignOut(
        AppDb db,
        CurrentUser? user,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (user?.SessionId is { } id)
        {
            var now = clock.Instant();
            await using var write = await db.BeginWrite(stop);
            await db
                .Sessions.Where(s => s.Id == id)
                .ExecuteUpdateAsync(set => set.SetProperty(s => s.EndedAt, now), stop);
            db.Audit.Add(AuditLog.By(user, "account.signed_out", "user", user.Id.ToString(), now));
            await db.SaveChangesAsync(stop);
            await write.Commit(stop);
        }

        await http.SignOutAsync(Sessions.Cookie);
        return http.SeeOther(AccountRoutes.SignIn);
    }
}
