using MdcTts.Features.Accounts.SignIn;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.ReadOnly;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Passkeys;

/// <summary>
/// A passkey instead of a password: the device, and the finger or PIN that it asked for, are both factors at once.
/// </summary>
public sealed class SignInWithPasskey(AppDb db, TimeProvider clock)
{
    public sealed class Command
    {
        public string? Credential { get; set; }
        public string? ReturnUrl { get; set; }
    }

    public static void Map(RouteGroupBuilder pages)
    {
        pages
            .MapPost(AccountRoutes.SignInPasskeyOptions, Options)
            .AllowAnonymous()
            .Limited(RateLimits.SignIn)
            .OpenReadOnly();
        pages.MapPost(AccountRoutes.SignInPasskey, Submit).AllowAnonymous().Limited(RateLimits.SignIn).OpenReadOnly();
    }

    /// <param name="second">After the password: it need not verify its holder.</param>
    private static async Task<IResult> Options(bool? second, PasskeyCheck check, HttpContext http) =>
        Results.Text(await check.AskFor(afterPassword: second == true, http), "application/json");

    /// <summary>Who may sign in with the passkey; null when refused, which is audited.</summary>
    public async Task<User?> Handle(PasskeyCheck.Shown? shown, RequestOrigin from, CancellationToken stop)
    {
        // A passkey that did not verify its holder is only one factor, and may have been found.
        var user = shown is { IsVerified: true }
            ? await db
                .Users.Include(u => u.Client)
                .SingleOrDefaultAsync(u => u.Id == shown.UserId && u.Status == UserStatus.Active, stop)
            : null;
        if (user is { IsClientActive: true })
            return user;

        db.Audit.Add(
            AuditLog.Entry(
                "account.sign_in_failed",
                "user",
                shown?.UserId.ToString() ?? "unknown",
                shown?.UserId,
                clock.Instant(),
                from,
                new { how = "passkey" }
            )
        );
        await db.SaveChangesAsync(stop);
        return null;
    }

    private static async Task<IResult> Submit(
        [FromForm] Command? command,
        SignInWithPasskey useCase,
        PasskeyCheck check,
        SignInCompletion completion,
        HttpContext http,
        CancellationToken stop
    )
    {
        var returnUrl = Html.LocalPath(command?.ReturnUrl);
        var shown = string.IsNullOrEmpty(command?.Credential) ? null : await check.Take(command.Credential, http, stop);
        if (await useCase.Handle(shown, http.Origin(), stop) is not { } user)
            return SignInPage
                .Create(new(Email: null, returnUrl, "passkey.refused"))
                .Status(ProblemResults.StatusOf(ProblemKind.Invalid));

        await completion.SignIn(user, attempt: null, "passkey", http, stop);
        return http.SeeOther(returnUrl);
    }
}
