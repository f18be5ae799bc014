using System.Buffers.Text;
using MdcTts.Features.Accounts.SecondFactors;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Passkeys;

/// <summary>One's own passkeys: added with a name, removed. With the first second factor come the recovery codes.</summary>
public static class ManagePasskeys
{
    public const int NameMaxLength = 60;

    /// <summary>Of one person.</summary>
    public const int Most = 20;

    public sealed class Command
    {
        public string? Name { get; set; }
        public string? Credential { get; set; }
    }

    public sealed class RemovalCommand
    {
        public string? Id { get; set; }
    }

    public static void Map(RouteGroupBuilder pages)
    {
        pages
            .MapPost("/security/passkeys/options", Options)
            .RequireAuthorization(Policies.SignedIn)
            .OpenOnDetour()
            .Limited(RateLimits.SignIn);
        pages.MapPost("/security/passkeys", Submit).RequireAuthorization(Policies.SignedIn).OpenOnDetour().Confirmed();
        pages
            .MapPost("/security/passkeys/removal", SubmitRemoval)
            .RequireAuthorization(Policies.SignedIn)
            .OpenOnDetour()
            .Confirmed();
    }

    /// <summary>How a form names a passkey.</summary>
    public static string IdOf(IdentityUserPasskey<int> passkey) => Base64Url.EncodeToString(passkey.CredentialId);

    /// <summary>Adds one; answers new recovery codes when the person has none that work.</summary>
    public static async Task<Result<IReadOnlyList<string>>> Handle(
        Command command,
        PasskeyCheck check,
        FactorCheck factors,
        AppDb db,
        CurrentUser user,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        var errors = new FieldErrors();
        var name = errors.Text("name", command.Name, NameMaxLength, required: true);
        if (errors.Any)
            return Problem.Invalid(errors);
        if (await db.UserPasskeys.CountAsync(p => p.UserId == user.Id, stop) >= Most)
            return Problem.Invalid("credential", "passkey.too_many");
        if (
            await check.TakeNew(command.Credential, user.Id, http) is not { } made
            || await db.UserPasskeys.AnyAsync(p => p.CredentialId == made.CredentialId, stop)
        )
            return Problem.Invalid("credential", "passkey.failed");

        db.UserPasskeys.Add(
            new()
            {
                UserId = user.Id,
                CredentialId = made.CredentialId,
                Data = new()
                {
                    Name = name,
                    CreatedAt = clock.GetUtcNow(),
                    PublicKey = made.PublicKey,
                    SignCount = made.SignCount,
                    Transports = made.Transports,
                    IsUserVerified = made.IsUserVerified,
                    IsBackupEligible = made.IsBackupEligible,
                    IsBackedUp = made.IsBackedUp,
                    AttestationObject = made.AttestationObject,
                    ClientDataJson = made.ClientDataJson,
                },
            }
        );
        var codes = await db.RecoveryCodes.AnyAsync(c => c.UserId == user.Id && c.UsedAt == null, stop)
            ? []
            : await factors.Renew(user.Id, stop);
        SetUpAuthenticator.Tell(db, user, "passkey_added", clock.Instant());
        return await db.Save(codes, stop);
    }

    // The form that asks for this was shown to somebody who may be asked to confirm only afterwards: making one is not yet adding it.
    private static async Task<IResult> Options(PasskeyCheck check, CurrentUser user, HttpContext http) =>
        Results.Text(await check.AskForNew(user.Id, user.Email, user.Name, http), "application/json");

    private static async Task<IResult> Submit(
        [FromForm] Command? command,
        PasskeyCheck check,
        FactorCheck factors,
        AppDb db,
        CurrentUser user,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (
            !(await Handle(command ?? new(), check, factors, db, user, clock, http, stop)).Ok(
                out var codes,
                out var problem
            )
        )
        {
            var error =
                problem.Fields is { } fields && fields.Of("credential") is [var first, ..]
                    ? first.Key
                    : "passkey.name_needed";
            return SecurityPage
                .Create(await ShowSecurity.Show(error, db, user, clock, stop))
                .Status(ProblemResults.StatusOf(problem.Kind));
        }

        if (codes.Count > 0)
            return RecoveryCodesPage.Create(codes);
        http.Toast(Words.T["passkey.added"]);
        return http.SeeOther(AccountRoutes.Security);
    }

    private static async Task<IResult> SubmitRemoval(
        [FromForm] RemovalCommand? command,
        AppDb db,
        CurrentUser user,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        var id =
            command?.Id is { Length: > 0 and < 2000 } text && Base64Url.IsValid(text)
                ? Base64Url.DecodeFromChars(text)
                : [];
        var passkey = await db.UserPasskeys.SingleOrDefaultAsync(
            p => p.CredentialId == id && p.UserId == user.Id,
            stop
        );
        if (passkey is null)
            return http.HtmlProblem(Problem.NotFound());
        db.UserPasskeys.Remove(passkey);
        if (
            !await db.UserPasskeys.AnyAsync(p => p.UserId == user.Id && p.CredentialId != id, stop)
            && !await db.Users.AnyAsync(u => u.Id == user.Id && u.TotpSecret != null, stop)
        )
            db.RecoveryCodes.RemoveRange(await db.RecoveryCodes.Where(c => c.UserId == user.Id).ToListAsync(stop));
        SetUpAuthenticator.Tell(db, user, "passkey_removed", clock.Instant());
        await db.SaveChangesAsync(stop);
        http.Toast(Words.T["passkey.removed"]);
        return http.SeeOther(AccountRoutes.Security);
    }
}
