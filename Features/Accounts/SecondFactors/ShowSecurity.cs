using MdcTts.Features.Accounts.Passkeys;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.SecondFactors;

/// <summary>What one proves oneself with besides the password: authenticator, recovery codes, passkeys.</summary>
public static class ShowSecurity
{
    public sealed record Passkey(string Id, string Name, DateTime CreatedAt);

    /// <param name="HasAuthenticator">An app is set up.</param>
    /// <param name="CodesLeft">Recovery codes that still work.</param>
    /// <param name="Passkeys">By age.</param>
    /// <param name="IsNeeded">The person can open nothing else before one is set up.</param>
    /// <param name="Error">Why a passkey was not added.</param>
    /// <param name="Now">The present.</param>
    public sealed record View(
        bool HasAuthenticator,
        int CodesLeft,
        IReadOnlyList<Passkey> Passkeys,
        bool IsNeeded,
        string? Error,
        DateTime Now
    );

    public static void Map(RouteGroupBuilder pages) =>
        pages.MapGet("/security", Page).RequireAuthorization(Policies.SignedIn).OpenOnDetour();

    public static async Task<View> Show(
        string? error,
        AppDb db,
        CurrentUser user,
        TimeProvider clock,
        CancellationToken stop
    )
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
            user.Detour == AccountRoutes.Security,
            error,
            clock.Instant()
        );
    }

    private static async Task<IResult> Page(AppDb db, CurrentUser user, TimeProvider clock, CancellationToken stop) =>
        SecurityPage.Create(await Show(null, db, user, clock, stop));
}
