using System.Text.Json;
using MdcTts.Features.Outbox;
using MdcTts.Infrastructure.Privacy;
using MdcTts.Infrastructure.Text;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Privacy;

/// <summary>What accounts keep about people.</summary>
internal static class AccountsPersonalData
{
    public static IEnumerable<PersonalData> All =>
        [
            new("profile", typeof(User))
            {
                Order = 10,
                Export = Profile,
                StaysBecause =
                    "ErasePerson empties the row itself and leaves a pseudonym, to which the history points.",
            },
            PersonalData.Deleted("sessions", (AppDb db, int id) => db.Sessions.Where(s => s.UserId == id)) with
            {
                Order = 20,
                Export = SessionsOf,
            },
            PersonalData.Deleted("tokens", (AppDb db, int id) => db.AccessTokens.Where(t => t.UserId == id)) with
            {
                Order = 30,
                Export = Tokens,
            },
            PersonalData.Deleted("links", (AppDb db, int id) => db.AccountLinks.Where(l => l.UserId == id)),
            PersonalData.Deleted("recoveryCodes", (AppDb db, int id) => db.RecoveryCodes.Where(c => c.UserId == id)),
            PersonalData.Deleted("passkeys", (AppDb db, int id) => db.UserPasskeys.Where(p => p.UserId == id)),
            PersonalData.Deleted("logins", (AppDb db, int id) => db.UserLogins.Where(l => l.UserId == id)),
            PersonalData.Deleted("claims", (AppDb db, int id) => db.UserClaims.Where(c => c.UserId == id)),
            PersonalData.Deleted("loginTokens", (AppDb db, int id) => db.UserTokens.Where(t => t.UserId == id)),
            // After the outbox, which has replaced the name.
            new("registrations", typeof(OutboxMessage)) { Order = 50, Erase = ForgetRegistration },
        ];

    private static async Task<object> Profile(int id, IServiceProvider request, CancellationToken stop)
    {
        var profile = await request
            .GetRequiredService<AppDb>()
            .Users.Where(u => u.Id == id)
            .Select(u => new
            {
                u.Id,
                u.FullName,
                u.NameAr,
                u.Email,
                u.EmailConfirmed,
                phone = u.PhoneNumber,
                u.Company,
                u.IdentityNumber,
                u.Department,
                u.Language,
                u.Theme,
                u.Role,
                u.Status,
                client = u.Client == null ? null : u.Client.NameEn ?? u.Client.NameAr,
                u.CreatedAt,
                u.LastSignInAt,
                u.PasswordChangedAt,
                hasAuthenticator = u.TotpSecret != null,
                u.NoMails,
            })
            .SingleAsync(stop);
        return new
        {
            profile.Id,
            profile.FullName,
            profile.NameAr,
            profile.Email,
            profile.EmailConfirmed,
            profile.phone,
            profile.Company,
            profile.IdentityNumber,
            profile.Department,
            profile.Language,
            profile.Theme,
            role = Keys.Of(profile.Role),
            status = Keys.Of(profile.Status),
            profile.client,
            profile.CreatedAt,
            profile.LastSignInAt,
            profile.PasswordChangedAt,
            profile.hasAuthenticator,
            profile.NoMails,
        };
    }

    private static async Task<object> SessionsOf(int id, IServiceProvider request, CancellationToken stop) =>
        await request
            .GetRequiredService<AppDb>()
            .Sessions.Where(s => s.UserId == id)
            .OrderByDescending(s => s.LastSeenAt)
            .Select(s => new
            {
                s.CreatedAt,
                s.LastSeenAt,
                s.EndedAt,
                s.Address,
                s.Agent,
            })
            .ToListAsync(stop);

    private static async Task<object> Tokens(int id, IServiceProvider request, CancellationToken stop) =>
        await request
            .GetRequiredService<AppDb>()
            .AccessTokens.Where(t => t.UserId == id && t.Kind == TokenKind.Personal)
            .Select(t => new
            {
                t.Name,
                t.Scopes,
                t.CreatedAt,
                t.ExpiresAt,
                t.LastUsedAt,
                t.RevokedAt,
            })
            .ToListAsync(stop);

    // What admins were told of a registration names the company too.
    private static async Task ForgetRegistration(ErasedPerson person, IServiceProvider request, CancellationToken stop)
    {
        var pseudonym = JsonSerializer.Serialize(person.Pseudonym);
        await request
            .GetRequiredService<AppDb>()
            .Outbox.Where(m => m.Event == "account.waiting" && m.Args.Contains(pseudonym))
            .ExecuteUpdateAsync(
                set => set.SetProperty(m => m.Args, JsonSerializer.Serialize(new[] { person.Pseudonym, "" })),
                stop
            );
    }
}
