using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.ReadOnly;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.SignIn;

/// <summary>
/// E-mail and password for a session, or for the page that asks for the second factor. Somebody who still waits for
/// approval learns that only after the right password.
/// </summary>
public sealed class SignInWithPassword(AppDb db, Attempts attempts, TimeProvider clock)
{
    public sealed class Command
    {
        public string? Email { get; set; }
        public string? Password { get; set; }
        public string? ReturnUrl { get; set; }
    }

    public sealed record View(string? Email, string ReturnUrl, string? Error);

    /// <summary>Somebody with the right password who may not sign in yet.</summary>
    public sealed record Waiting(bool IsConfirmed);

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet(AccountRoutes.SignIn, Form).AllowAnonymous();
        pages.MapPost(AccountRoutes.SignIn, Submit).AllowAnonymous().Limited(RateLimits.SignIn).OpenReadOnly();
        pages.MapPost(AccountRoutes.SignOut, SubmitSignOut).AllowAnonymous().OpenReadOnly();
    }

    /// <summary>Ends the attempt of somebody who waits for approval.</summary>
    private async Task KeepWaiting(PasswordCheck.Proven proven, RequestOrigin from, CancellationToken stop)
    {
        var id = proven.User.Id;
        await using var write = await db.BeginWrite(stop);
        await attempts.Succeeded(proven.Attempt, stop);
        db.Audit.Add(AuditLog.Entry("account.sign_in_waiting", "user", id.ToString(), id, clock.Instant(), from));
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
    }

    private async Task EndSession(Guid id, CurrentUser user, CancellationToken stop)
    {
        var now = clock.Instant();
        await using var write = await db.BeginWrite(stop);
        await db.Sessions.Where(s => s.Id == id).ExecuteUpdateAsync(set => set.SetProperty(s => s.EndedAt, now), stop);
        db.Audit.Add(AuditLog.By(user, "account.signed_out", "user", user.Id.ToString(), now));
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
    }

    private static IResult Form(HttpContext http, string? returnUrl, string? google) =>
        http.User.Identity?.IsAuthenticated == true
            ? Results.LocalRedirect(Html.LocalPath(returnUrl))
            : SignInPage.Create(
                new(Email: null, Html.LocalPath(returnUrl), google == "failed" ? "google.failed" : null)
            );

    private static async Task<IResult> Submit(
        [FromForm] Command? command,
        SignInWithPassword useCase,
        PasswordCheck check,
        SignInCompletion completion,
        HttpContext http,
        CancellationToken stop
    )
    {
        command ??= new();
        var returnUrl = Html.LocalPath(command.ReturnUrl);
        if (await check.Handle(command.Email, command.Password, http.Origin(), stop) is not { } proven)
            return SignInPage
                .Create(new(command.Email, returnUrl, "signin.wrong"))
                .Status(ProblemResults.StatusOf(ProblemKind.Invalid));

        var user = proven.User;
        if (user.IsActive)
            return http.SeeOther(
                await completion.AcceptFirstFactor(user, proven.Attempt, "password", returnUrl, http, stop)
            );
        await useCase.KeepWaiting(proven, http.Origin(), stop);
        return WaitingPage.Create(new(user.EmailConfirmed));
    }

    private static async Task<IResult> SubmitSignOut(
        CurrentUser? user,
        SignInWithPassword useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (user?.SessionId is { } id)
            await useCase.EndSession(id, user, stop);
        await http.SignOutAsync(Sessions.Cookie);
        // What the browser keeps of private pages and drafts goes too; language and theme stay.
        http.Response.Headers["Clear-Site-Data"] = "\"cache\", \"storage\"";
        return http.SeeOther(AccountRoutes.SignIn);
    }
}
