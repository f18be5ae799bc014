using MdcTts.Features.Accounts.Passkeys;
using MdcTts.Features.Accounts.SecondFactors;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.ReadOnly;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.SignIn;

/// <summary>The second step of signing in: a code of the authenticator, a recovery code or a passkey. Slowed down like the first.</summary>
public static class SignInWithCode
{
    public sealed class Command
    {
        public string? Code { get; set; }

        /// <summary>What the browser answered for a passkey, as JSON.</summary>
        public string? Credential { get; set; }
    }

    public sealed record View(bool HasPasskeys, string? Error);

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet(AccountRoutes.SignInCode, Form).AllowAnonymous();
        pages.MapPost(AccountRoutes.SignInCode, Submit).AllowAnonymous().Limited(RateLimits.SignIn).OpenReadOnly();
    }

    private static async Task<IResult> Form(SealedCookie cookie, AppDb db, HttpContext http, CancellationToken stop) =>
        await Known(cookie, db, http, stop) is var (user, _)
            ? SignInCodePage.Create(new(await HasPasskeys(db, user, stop), null))
            : http.SeeOther(AccountRoutes.SignIn);

    private static async Task<IResult> Submit(
        [FromForm] Command? command,
        SealedCookie cookie,
        PasswordCheck check,
        Attempts attempts,
        FactorCheck factors,
        PasskeyCheck passkeys,
        Entrance entrance,
        AppDb db,
        HttpContext http,
        CancellationToken stop
    )
    {
        command ??= new();
        if (await Known(cookie, db, http, stop) is not var (user, state))
            return http.SeeOther(AccountRoutes.SignIn);
        var attempt = await attempts.Begin(user.NormalizedEmail!, user.Id, http.Connection.RemoteIpAddress, stop);
        var how =
            !attempt.IsAllowed ? null
            : string.IsNullOrEmpty(command.Credential) ? await factors.Take(user, command.Code, stop)
            : await passkeys.Take(command.Credential, http, stop) is { } shown && shown.UserId == user.Id ? "passkey"
            : null;
        if (how is null)
        {
            await check.Refuse(user, attempt, http, stop);
            return SignInCodePage
                .Create(new(await HasPasskeys(db, user, stop), "signin.code_wrong"))
                .Status(ProblemResults.StatusOf(ProblemKind.Invalid));
        }

        SealedCookie.Forget(http, Entrance.HalfwayCookie);
        await entrance.Admit(user, attempt, $"{state.How}, {how}", http, stop);
        return http.SeeOther(state.ReturnUrl);
    }

    // Whoever was suspended or got another password meanwhile begins anew.
    private static async Task<(User User, Entrance.Halfway State)?> Known(
        SealedCookie cookie,
        AppDb db,
        HttpContext http,
        CancellationToken stop
    ) =>
        cookie.Read<Entrance.Halfway>(http, Entrance.HalfwayCookie) is { } state
        && await db.Users.SingleOrDefaultAsync(
            u => u.Id == state.UserId && u.SecurityStamp == state.Stamp && u.Status == UserStatus.Active,
            stop
        )
            is { } user
            ? (user, state)
            : null;

    private static Task<bool> HasPasskeys(AppDb db, User user, CancellationToken stop) =>
        db.UserPasskeys.AnyAsync(p => p.UserId == user.Id, stop);
}
