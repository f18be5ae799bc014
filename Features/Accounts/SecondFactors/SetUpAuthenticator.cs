using System.Globalization;
using System.Security.Cryptography;
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

/// <summary>
/// An authenticator app is set up by a code that it shows. Ten recovery codes come with it. A person can replace the
/// app or the codes, and remove the app.
/// </summary>
public sealed class SetUpAuthenticator(
    AppDb db,
    CurrentUser user,
    FactorCheck factors,
    SecondFactorNews news,
    IDataProtectionProvider protection,
    TimeProvider clock
)
{
    private const int CodeMaxLength = 20;
    private const int SealedMaxLength = 1000;

    public sealed class Command
    {
        /// <summary>The secret of the page, sealed for this person and an hour.</summary>
        public string? Secret { get; set; }
        public string? Code { get; set; }
    }

    /// <param name="Sealed">The secret as the form posts it.</param>
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
            .AllowedBeforeRequiredPage()
            .RequiresProof();
        pages
            .MapPost("/security/authenticator", Submit)
            .RequireAuthorization(Policies.SignedIn)
            .AllowedBeforeRequiredPage()
            .RequiresProof()
            .Limited(RateLimits.SignIn);
        pages
            .MapGet("/security/authenticator/removal", Removal)
            .RequireAuthorization(Policies.SignedIn)
            .RequiresProof();
        pages
            .MapPost("/security/authenticator/removal", SubmitRemoval)
            .RequireAuthorization(Policies.SignedIn)
            .RequiresProof();
        pages
            .MapPost("/security/codes", SubmitCodes)
            .RequireAuthorization(Policies.SignedIn)
            .AllowedBeforeRequiredPage()
            .RequiresProof();
    }

    /// <summary>Turns it on; answers the recovery codes.</summary>
    public async Task<Result<IReadOnlyList<string>>> Handle(byte[] secret, string? code, CancellationToken stop)
    {
        var typed = code is { Length: > 0 and <= CodeMaxLength }
            ? Digits.ToWestern(code).Replace(" ", "", StringComparison.Ordinal)
            : "";
        if (Totp.StepOf(secret, typed, clock.Instant()) is not { } step)
            return Problem.Invalid("code", "factor.code_wrong");

        var me = await db.Users.SingleAsync(u => u.Id == user.Id, stop);
        me.TotpSecret = factors.Protect(secret);
        // The code that was typed here is used up.
        me.TotpStep = step;
        me.Touch();
        var codes = await factors.Renew(user.Id, stop);
        await news.Tell("on", stop);
        return await db.Save(codes, stop);
    }

    /// <summary>Replaces the recovery codes; null when the person has no second factor.</summary>
    public async Task<IReadOnlyList<string>?> RenewCodes(CancellationToken stop)
    {
        var me = await db.Users.SingleAsync(u => u.Id == user.Id, stop);
        if (!await factors.Has(me, stop))
            return null;
        var codes = await factors.Renew(user.Id, stop);
        await news.Tell("codes", stop);
        await db.SaveChangesAsync(stop);
        return codes;
    }

    /// <summary>Turns it off; false when it was not on.</summary>
    public async Task<Result<bool>> Remove(CancellationToken stop)
    {
        var me = await db.Users.SingleAsync(u => u.Id == user.Id, stop);
        if (me.TotpSecret is null)
            return false;
        me.TotpSecret = null;
        me.TotpStep = null;
        me.Touch();
        if (!await db.UserPasskeys.AnyAsync(p => p.UserId == user.Id, stop))
            await factors.RemoveRecoveryCodes(user.Id, stop);
        await news.Tell("off", stop);
        return await db.Save(value: true, stop);
    }

    private Task<bool> HasAuthenticator(CancellationToken stop) =>
        db.Users.AnyAsync(u => u.Id == user.Id && u.TotpSecret != null, stop);

    private static RazorSlices.RazorSlice<View> Form(SetUpAuthenticator useCase) =>
        AuthenticatorPage.Create(useCase.Begin());

    private static async Task<IResult> Submit(
        [FromForm] Command? command,
        SetUpAuthenticator useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        // It is too old, or belongs to somebody else who used this browser: start with a new one.
        if (useCase.Unseal(command?.Secret) is not { } secret)
            return http.SeeOther(AccountRoutes.Authenticator);
        if ((await useCase.Handle(secret, command!.Code, stop)).Ok(out var codes, out var problem))
            return RecoveryCodesPage.Create(codes);
        return problem.Fields is null
            ? http.HtmlProblem(problem)
            : AuthenticatorPage
                .Create(new(command.Secret!, secret, useCase.Email, problem.Fields))
                .Status(ProblemResults.StatusOf(problem.Kind));
    }

    private static async Task<IResult> SubmitCodes(
        SetUpAuthenticator useCase,
        HttpContext http,
        CancellationToken stop
    ) =>
        await useCase.RenewCodes(stop) is { } codes
            ? RecoveryCodesPage.Create(codes)
            : http.SeeOther(AccountRoutes.Security);

    private static async Task<IResult> Removal(SetUpAuthenticator useCase, HttpContext http, CancellationToken stop) =>
        await useCase.HasAuthenticator(stop) ? RemovalPage.Create() : http.SeeOther(AccountRoutes.Security);

    private static async Task<IResult> SubmitRemoval(
        SetUpAuthenticator useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (!(await useCase.Remove(stop)).Ok(out var isRemoved, out var problem))
            return http.HtmlProblem(problem);
        if (isRemoved)
            http.Toast(Words.T["factor.removed"]);
        return http.SeeOther(AccountRoutes.Security);
    }

    private string Email => user.Email;

    private IDataProtector Protector => protection.CreateProtector("totp", "page");

    private View Begin()
    {
        var secret = Totp.NewSecret();
        return new(Seal(secret), secret, user.Email, Errors: null);
    }

    private string Seal(byte[] secret) =>
        Protector.Protect(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{user.Id} {(clock.Instant() + PageLife).Ticks} {Convert.ToBase64String(secret)}"
            )
        );

    private byte[]? Unseal(string? text)
    {
        if (text is not { Length: > 0 and < SealedMaxLength })
            return null;
        try
        {
            var parts = Protector.Unprotect(text).Split(' ');
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
}
