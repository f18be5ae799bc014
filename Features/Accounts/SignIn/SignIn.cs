using MdcTts.Features.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.SignIn;

/// <summary>E-mail and password for a session. Unknown, wrong and not active are one answer, after the same work.</summary>
public static class SignInWithPassword
{
    /// <summary>What is posted; the API's <c>POST /auth/login</c> checks the same way.</summary>
    public sealed class Command
    {
        public string? Email { get; set; }
        public string? Password { get; set; }
        public string? ReturnUrl { get; set; }
    }

    public sealed record View(string? Email, string ReturnUrl, string? Error);

    // A hash of nothing anybody knows: an unknown address costs the same verification as a known one.
    private static readonly string NobodysHash = new PasswordHasher<User>().HashPassword(new User(), Guid.NewGuid().ToString("N"));

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet(AccountRoutes.SignIn, Form).AllowAnonymous();
        pages.MapPost(AccountRoutes.SignIn, Submit).AllowAnonymous().Limited(RateLimits.SignIn);
        pages.MapPost(AccountRoutes.SignOut, (HttpContext http, CancellationToken _) => SignOut(http)).AllowAnonymous();
    }

    /// <summary>The user whose password this is, when active; audited either way.</summary>
    public static async Task<Result<User>> Handle(string? email, string? password, AppDb db, IPasswordHasher<User> hasher, HttpContext http, TimeProvider clock, CancellationToken stop)
    {
        var normalized = email is { Length: > 0 and <= User.EmailMaxLength } && !PlainText.HasForbidden(email) ? email.Trim().ToUpperInvariant() : "";
        var user = normalized.Length == 0 ? null : await db.Users.SingleOrDefaultAsync(u => u.NormalizedEmail == normalized, stop);
        var typed = password is { Length: <= 1024 } ? password : "";
        var verdict = hasher.VerifyHashedPassword(user ?? new User(), user?.PasswordHash ?? NobodysHash, typed);
        var isRight = user is { IsActive: true, PasswordHash: not null } && verdict != PasswordVerificationResult.Failed;

        db.Audit.Add(AuditLog.Entry(isRight ? "account.signed_in" : "account.sign_in_failed", "user", user?.Id.ToString() ?? "unknown", user?.Id, clock.Instant(), http));
        if (isRight) user!.LastSignInAt = clock.Instant();
        await db.SaveChangesAsync(stop);
        return isRight ? user! : new Problem(ProblemKind.Unauthorized, "signin.wrong");
    }

    private static IResult Form(HttpContext http, string? returnUrl) =>
        http.User.Identity?.IsAuthenticated == true ? Results.LocalRedirect(Html.LocalPath(returnUrl)) : SignInPage.Create(new(null, Html.LocalPath(returnUrl), null));

    private static async Task<IResult> Submit([FromForm] Command? command, AppDb db, IPasswordHasher<User> hasher, HttpContext http, TimeProvider clock, CancellationToken stop)
    {
        command ??= new();
        if (!(await Handle(command.Email, command.Password, db, hasher, http, clock, stop)).Ok(out var user, out var problem))
            return SignInPage.Create(new(command.Email, Html.LocalPath(command.ReturnUrl), problem.Key)).Status(ProblemResults.StatusOf(ProblemKind.Invalid));

        var session = Sessions.Begin(http, db, user, clock.Instant());
        await db.SaveChangesAsync(stop);
        await Sessions.SignIn(http, session);
        if (user.Theme is not null) Preferences.Remember(http, Preferences.ThemeCookie, user.Theme);
        return http.SeeOther(Html.LocalPath(command.ReturnUrl));
    }

    private static async Task<IResult> SignOut(HttpContext http)
    {
        await http.SignOutAsync(Sessions.Cookie);
        return http.SeeOther(AccountRoutes.SignIn);
    }
}
