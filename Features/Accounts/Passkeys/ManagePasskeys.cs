using System.Buffers.Text;
using MdcTts.Features.Accounts.SecondFactors;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Passkeys;

/// <summary>
/// A person's own passkeys: adding one with a name, and removing it. The first second factor brings the recovery codes.
/// </summary>
public sealed class ManagePasskeys(
    AppDb db,
    CurrentUser user,
    FactorCheck factors,
    SecondFactorNews news,
    TimeProvider clock
)
{
    public const int NameMaxLength = 60;

    /// <summary>For one person.</summary>
    private const int PasskeysMax = 20;

    private const int IdMaxLength = 2000;

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
            .AllowedBeforeRequiredPage()
            .Limited(RateLimits.SignIn);
        pages
            .MapPost("/security/passkeys", Submit)
            .RequireAuthorization(Policies.SignedIn)
            .AllowedBeforeRequiredPage()
            .RequiresProof();
        pages
            .MapPost("/security/passkeys/removal", SubmitRemoval)
            .RequireAuthorization(Policies.SignedIn)
            .AllowedBeforeRequiredPage()
            .RequiresProof();
    }

    /// <summary>How a form names a passkey.</summary>
    public static string IdOf(IdentityUserPasskey<int> passkey) => Base64Url.EncodeToString(passkey.CredentialId);

    /// <summary>Adds one; answers new recovery codes when the person has none that work.</summary>
    /// <param name="made">What the browser made; null when it is not what was asked for.</param>
    public async Task<Result<IReadOnlyList<string>>> Handle(string? name, UserPasskeyInfo? made, CancellationToken stop)
    {
        var errors = new FieldErrors();
        var given = errors.Text("name", name, NameMaxLength, required: true);
        if (errors.Any)
            return Problem.Invalid(errors);
        if (await db.UserPasskeys.CountAsync(p => p.UserId == user.Id, stop) >= PasskeysMax)
            return Problem.Invalid("credential", "passkey.too_many");
        if (made is null || await db.UserPasskeys.AnyAsync(p => p.CredentialId == made.CredentialId, stop))
            return Problem.Invalid("credential", "passkey.failed");

        db.UserPasskeys.Add(
            new()
            {
                UserId = user.Id,
                CredentialId = made.CredentialId,
                Data = new()
                {
                    Name = given,
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
        await news.Tell("passkey_added", stop);
        return await db.Save(codes, stop);
    }

    /// <summary>Removes one; without a second factor left, the recovery codes go too.</summary>
    public async Task<Problem?> Remove(string? id, CancellationToken stop)
    {
        var credential =
            id is { Length: > 0 and < IdMaxLength } && Base64Url.IsValid(id) ? Base64Url.DecodeFromChars(id) : [];
        var passkey = await db.UserPasskeys.SingleOrDefaultAsync(
            p => p.CredentialId == credential && p.UserId == user.Id,
            stop
        );
        if (passkey is null)
            return Problem.NotFound();
        db.UserPasskeys.Remove(passkey);
        if (
            !await db.UserPasskeys.AnyAsync(p => p.UserId == user.Id && p.CredentialId != credential, stop)
            && !await db.Users.AnyAsync(u => u.Id == user.Id && u.TotpSecret != null, stop)
        )
            await factors.RemoveRecoveryCodes(user.Id, stop);
        await news.Tell("passkey_removed", stop);
        await db.SaveChangesAsync(stop);
        return null;
    }

    // This makes a passkey but does not add it yet, so it needs no proof of identity. The form that asks for it is open
    // to people who prove who they are only when they submit.
    private static async Task<IResult> Options(PasskeyCheck check, CurrentUser user, HttpContext http) =>
        Results.Text(await check.AskForNew(user.Id, user.Email, user.Name, http), "application/json");

    private static async Task<IResult> Submit(
        [FromForm] Command? command,
        ManagePasskeys useCase,
        PasskeyCheck check,
        CurrentUser user,
        ShowSecurity show,
        HttpContext http,
        CancellationToken stop
    )
    {
        var made = await check.TakeNew(command?.Credential, user.Id, http, stop);
        if (!(await useCase.Handle(command?.Name, made, stop)).Ok(out var codes, out var problem))
        {
            var error = problem.Fields?.Of("credential") is [var first, ..] ? first.Key : "passkey.name_needed";
            return SecurityPage.Create(await show.Handle(error, stop)).Status(ProblemResults.StatusOf(problem.Kind));
        }

        if (codes.Count > 0)
            return RecoveryCodesPage.Create(codes);
        http.Toast(Words.T["passkey.added"]);
        return http.SeeOther(AccountRoutes.Security);
    }

    private static async Task<IResult> SubmitRemoval(
        [FromForm] RemovalCommand? command,
        ManagePasskeys useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (await useCase.Remove(command?.Id, stop) is { } problem)
            return http.HtmlProblem(problem);
        http.Toast(Words.T["passkey.removed"]);
        return http.SeeOther(AccountRoutes.Security);
    }
}
