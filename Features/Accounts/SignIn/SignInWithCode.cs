using MdcTts.Features.Accounts.Passkeys;
using MdcTts.Features.Accounts.SecondFactors;
using MdcTts.Infrastructure.ReadOnly;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.SignIn;

/// <summary>
/// The second step of signing in: a code of the authenticator, a recovery code or a passkey. It is slowed down like the
/// first.
/// </summary>
public sealed class SignInWithCode(
    AppDb db,
    SealedCookie cookie,
    PasswordCheck check,
    Attempts attempts,
    FactorCheck factors,
    PasskeyCheck passkeys,
    SignInCompletion completion
)
{
    public sealed class Command
    {
        public string? Code { get; set; }

        /// <summary>What the browser answered for a passkey, as JSON.</summary>
        public string? Credential { get; set; }
    }

    public sealed record View(bool HasPasskeys, string? Error);

    private sealed record Person(User User, SignInCompletion.FirstFactorShown Shown);

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet(AccountRoutes.SignInCode, Form).AllowAnonymous();
        pages.MapPost(AccountRoutes.SignInCode, Submit).AllowAnonymous().Limited(RateLimits.SignIn).OpenReadOnly();
    }

    private static async Task<IResult> Form(SignInWithCode useCase, HttpContext http, CancellationToken stop) =>
        await useCase.Find(http, stop) is { } person
            ? SignInCodePage.Create(await useCase.Show(person, error: null, stop))
            : http.SeeOther(AccountRoutes.SignIn);

    private static async Task<IResult> Submit(
        [FromForm] Command? command,
        SignInWithCode useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (await useCase.Find(http, stop) is not { } person)
            return http.SeeOther(AccountRoutes.SignIn);
        if (await useCase.SignIn(person, command ?? new(), http, stop))
            return http.SeeOther(person.Shown.ReturnUrl);
        return SignInCodePage
            .Create(await useCase.Show(person, "signin.code_wrong", stop))
            .Status(ProblemResults.StatusOf(ProblemKind.Invalid));
    }

    private async Task<bool> SignIn(Person person, Command command, HttpContext http, CancellationToken stop)
    {
        var user = person.User;
        var attempt = await attempts.Begin(user.NormalizedEmail!, user.Id, http.Origin(), stop);
        if (!attempt.IsAllowed || await Prove(user, command, http, stop) is not { } how)
        {
            await check.Refuse(user, attempt, http.Origin(), stop);
            return false;
        }

        SealedCookie.Forget(http, SignInCompletion.FirstFactorCookie);
        await completion.SignIn(user, attempt, $"{person.Shown.How}, {how}", http, stop);
        return true;
    }

    // How it was proved; null when it was not.
    private async Task<string?> Prove(User user, Command command, HttpContext http, CancellationToken stop)
    {
        if (string.IsNullOrEmpty(command.Credential))
            return await factors.Take(user, command.Code, stop);
        return (await passkeys.Take(command.Credential, http, stop))?.UserId == user.Id ? "passkey" : null;
    }

    // Somebody who was suspended or got another password meanwhile starts again.
    private async Task<Person?> Find(HttpContext http, CancellationToken stop)
    {
        if (cookie.Read<SignInCompletion.FirstFactorShown>(http, SignInCompletion.FirstFactorCookie) is not { } shown)
            return null;
        var user = await db.Users.SingleOrDefaultAsync(
            u => u.Id == shown.UserId && u.SecurityStamp == shown.Stamp && u.Status == UserStatus.Active,
            stop
        );
        return user is null ? null : new(user, shown);
    }

    private async Task<View> Show(Person person, string? error, CancellationToken stop) =>
        new(await db.UserPasskeys.AnyAsync(p => p.UserId == person.User.Id, stop), error);
}
