using MdcTts.Features.Accounts.Passkeys;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.SecondFactors;

/// <summary>A person's means of proof besides the password: authenticator, recovery codes, passkeys.</summary>
public sealed class ShowSecurity(AppDb db, CurrentUser user, TimeProvider clock)
{
    public sealed record Passkey(string Id, string Name, DateTime CreatedAt);

    /// <param name="CodesLeft">Recovery codes that still work.</param>
    /// <param name="Passkeys">The oldest first.</param>
    /// <param name="IsNeeded">The person can open nothing else before one is set up.</param>
    /// <param name="Error">Text key of why a passkey was not added.</param>
    public sealed record View(
        bool HasAuthenticator,
        int CodesLeft,
        IReadOnlyList<Passkey> Passkeys,
        bool IsNeeded,
        string? Error,
        DateTime Now
    );

    public static void Map(RouteGroupBuilder pages) =>
        pages.MapGet("/security", Page).RequireAuthorization(Policies.SignedIn).AllowedBeforeRequiredPage();

    public async Task<View> Handle(string? error, CancellationToken stop)
    {
        var hasAuthenticator = await db.Users.AnyAsync(u => u.Id == user.Id && u.TotpSecret != null, stop);
        var left = await db.RecoveryCodes.CountAsync(c => c.UserId == user.Id && c.UsedAt == null, stop);
        var passkeys = await db.UserPasskeys.AsNoTracking().Where(p => p.UserId == user.Id).ToListAsync(stop);
        return new(
            hasAuthenticator,
            left,
            [
                .. passkeys
                    .OrderBy(p => p.Data.CreatedAt)
                    .Select(p => new Passkey(ManagePasskeys.IdOf(p), p.Data.Name ?? "", p.Data.CreatedAt.UtcDateTime)),
            ],
            user.RequiredPage == AccountRoutes.Security,
            error,
            clock.Instant()
        );
    }

    private static async Task<IResult> Page(ShowSecurity useCase, CancellationToken stop) =>
        SecurityPage.Create(await useCase.Handle(error: null, stop));
}
