using System.Globalization;
using System.Security.Cryptography;
using MdcTts.Features.Audit;
using MdcTts.Features.Outbox;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.SecondFactors;

/// <summary>An authenticator app is set up by a code that it shows, and with it come ten recovery codes; both can be had anew, and the app removed.</summary>
public static class SetUpAuthenticator
{
    public sealed class Command
    {
        /// <summary>The secret of the page, sealed for this person and an hour.</summary>
        public string? Secret { get; set; }
        public string? Code { get; set; }
    }

    /// <param name="Sealed">The secret as the form posts it.</param>
    /// <param name="Secret">The secret.</param>
    /// <param name="Email">Whose it is.</param>
    /// <param name="Errors">What was wrong with the code.</param>
    public sealed record View(string Sealed, byte[] Secret, string Email, FieldErrors? Errors)
    {
        /// <summary>For typing, in groups of four.</summary>
        public string Typed => string.Join(' ', Totp.Base32(Secret).Chunk(4).Select(four => new string(four)));
    }

    private static readonly TimeSpan PageLife = TimeSpan.FromHours(1);

    public static void Map(RouteGroupBuilder pages)
    {
        pages
            .MapGet("/security/authenticator", Form)
            .RequireAuthorization(Policies.SignedIn)
            .OpenOnDetour()
            .Confirmed();
        pages
            .MapPost("/security/authenticator", Submit)
            .RequireAuthorization(Policies.SignedIn)
            .OpenOnDetour()
            .Confirmed()
            .Limited(RateLimits.SignIn);
        pages.MapGet("/security/authenticator/removal", Removal).RequireAuthorization(Policies.SignedIn).Confirmed();
        pages
            .MapPost("/security/authenticator/removal", SubmitRemoval)
            .RequireAuthorization(Policies.SignedIn)
            .Confirmed();
        pages
            .MapPost("/security/codes", SubmitCodes)
            .RequireAuthorization(Policies.SignedIn)
            .OpenOnDetour()
            .Confirmed();
    }

    /// <summary>Turns it on; answers the recovery codes.</summary>
    public static async Task<Result<IReadOnlyList<string>>> Handle(
        byte[] secret,
        string? code,
        FactorCheck factors,
        AppDb db,
        CurrentUser user,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        var now = clock.Instant();
        var typed = code is { Length: > 0 and <= 20 }
            ? Digits.ToWestern(code).Replace(" ", "", StringComparison.Ordinal)
            : "";
        if (Totp.StepOf(secret, typed, now) is not { } step)
            return Problem.Invalid("code", "factor.code_wrong");

        var me = await db.Users.SingleAsync(u => u.Id == user.Id, stop);
        // The code that was typed here is used up.
        (me.TotpSecret, me.TotpStep) = (factors.Protect(secret), step);
        me.Touch();
        var codes = await factors.Renew(user.Id, stop);
        Tell(db, user, "on", now);
        return await db.Save(codes, stop);
    }

    /// <summary>Adds the audit entry and the mail of a change of the second factor, for the caller to save.</summary>
    internal static void Tell(AppDb db, CurrentUser user, string what, DateTime now)
    {
        db.Audit.Add(
            AuditLog.By(
                user,
                "account.second_factor_changed",
                "user",
                user.Id.ToString(CultureInfo.InvariantCulture),
                now,
                new { what }
            )
        );
        db.Outbox.Add(OutboxMessage.For(user.Id, "account.second_factor_changed", now, [what]));
    }

    private static RazorSlices.RazorSlice<View> Form(
        CurrentUser user,
        IDataProtectionProvider protection,
        TimeProvider clock
    )
    {
        var secret = Totp.NewSecret();
        return AuthenticatorPage.Create(new(Seal(secret, user, protection, clock), secret, user.Email, null));
    }

    private static async Task<IResult> Submit(
        [FromForm] Command? command,
        FactorCheck factors,
        AppDb db,
        CurrentUser user,
        IDataProtectionProvider protection,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        // Too old, or of somebody else who used this browser: begin with a new one.
        if (Unseal(command?.Secret, user, protection, clock) is not { } secret)
            return http.SeeOther(AccountRoutes.Authenticator);
        if (!(await Handle(secret, command!.Code, factors, db, user, clock, stop)).Ok(out var codes, out var problem))
            return problem.Fields is null
                ? http.HtmlProblem(problem)
                : AuthenticatorPage
                    .Create(new(command.Secret!, secret, user.Email, problem.Fields))
                    .Status(ProblemResults.StatusOf(problem.Kind));
        return RecoveryCodesPage.Create(codes);
    }

    private static async Task<IResult> SubmitCodes(
        FactorCheck factors,
        AppDb db,
        CurrentUser user,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        var me = await db.Users.SingleAsync(u => u.Id == user.Id, stop);
        if (!await factors.Has(me, stop))
            return http.SeeOther(AccountRoutes.Security);
        var codes = await factors.Renew(user.Id, stop);
        Tell(db, user, "codes", clock.Instant());
        await db.SaveChangesAsync(stop);
        return RecoveryCodesPage.Create(codes);
    }

    private static async Task<IResult> Removal(AppDb db, CurrentUser user, HttpContext http, CancellationToken stop) =>
        await db.Users.AnyAsync(u => u.Id == user.Id && u.TotpSecret != null, stop)
            ? RemovalPage.Create()
            : http.SeeOther(AccountRoutes.Security);

    private static async Task<IResult> SubmitRemoval(
        AppDb db,
        CurrentUser user,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        var me = await db.Users.SingleAsync(u => u.Id == user.Id, stop);
        if (me.TotpSecret is null)
            return http.SeeOther(AccountRoutes.Security);
        (me.TotpSecret, me.TotpStep) = (null, null);
        me.Touch();
        // Codes for a factor that is no more would only be one more thing to steal.
        if (!await db.UserPasskeys.AnyAsync(p => p.UserId == user.Id, stop))
            db.RecoveryCodes.RemoveRange(await db.RecoveryCodes.Where(c => c.UserId == user.Id).ToListAsync(stop));
        Tell(db, user, "off", clock.Instant());
        if (!(await db.Save(me, stop)).Ok(out _, out var problem))
            return http.HtmlProblem(problem);
        http.Toast(Words.T["factor.removed"]);
        return http.SeeOther(AccountRoutes.Security);
    }

    private static string Seal(
        byte[] secret,
        CurrentUser user,
        IDataProtectionProvider protection,
        TimeProvider clock
    ) =>
        Protector(protection)
            .Protect(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{user.Id} {(clock.Instant() + PageLife).Ticks} {Convert.ToBase64String(secret)}"
                )
            );

    private static byte[]? Unseal(
        string? text,
        CurrentUser user,
        IDataProtectionProvider protection,
        TimeProvider clock
    )
    {
        if (text is not { Length: > 0 and < 1000 })
            return null;
        try
        {
            var parts = Protector(protection).Unprotect(text).Split(' ');
            return
                parts[0] == user.Id.ToString(CultureInfo.InvariantCulture)
                && long.Parse(parts[1], CultureInfo.InvariantCulture) > clock.Instant().Ticks
                ? Convert.FromBase64String(parts[2])
                : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static IDataProtector Protector(IDataProtectionProvider protection) =>
        protection.CreateProtector("totp", "page");
}
