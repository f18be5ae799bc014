using MdcTts.Features.Accounts.SignIn;
using MdcTts.Features.Audit;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.ReadOnly;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Passkeys;

/// <summary>A passkey instead of a password: the thing, and the finger or PIN that it asked for, are both factors at once.</summary>
public static class SignInWithPasskey
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

    private static async Task<IResult> Options(PasskeyCheck check, HttpContext http) =>
        Results.Text(await check.AskFor(http), "application/json");

    private static async Task<IResult> Submit(
        [FromForm] Command? command,
        PasskeyCheck check,
        Entrance entrance,
        AppDb db,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        var returnUrl = Html.LocalPath(command?.ReturnUrl);
        var shown = string.IsNullOrEmpty(command?.Credential) ? null : await check.Take(command.Credential, http, stop);
        // A key that did not check who holds it is one factor, and a found one at that.
        var user = shown is { IsVerified: true }
            ? await db.Users.SingleOrDefaultAsync(u => u.Id == shown.UserId && u.Status == UserStatus.Active, stop)
            : null;
        if (user is null)
        {
            db.Audit.Add(
                AuditLog.Entry(
                    "account.sign_in_failed",
                    "user",
                    shown?.UserId.ToString() ?? "unknown",
                    shown?.UserId,
                    clock.Instant(),
                    http,
                    new { how = "passkey" }
                )
            );
            await db.SaveChangesAsync(stop);
            return SignInPage
                .Create(new(null, returnUrl, "passkey.refused"))
                .Status(ProblemResults.StatusOf(ProblemKind.Invalid));
        }

        await entrance.Admit(user, null, "passkey", http, stop);
        return http.SeeOther(returnUrl);
    }
}
