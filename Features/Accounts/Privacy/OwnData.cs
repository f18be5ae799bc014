using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using MdcTts.Features.Audit;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Privacy;

/// <summary>All that is kept about oneself, as a file. Secrets are not in it: a stolen session must not become more than that.</summary>
public static class OwnData
{
    private const int EntriesMost = 10_000;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
    };

    public static void Map(RouteGroupBuilder account) =>
        account.MapGet("/data", Send).RequireAuthorization(Policies.SignedIn).Confirmed().Limited(RateLimits.Bulk);

    public static async Task<object> Handle(AppDb db, CurrentUser user, TimeProvider clock, CancellationToken stop)
    {
        var (id, key) = (user.Id, user.Id.ToString());
        var profile = await db
            .Users.Where(u => u.Id == id)
            .Select(u => new
            {
                u.Id,
                u.FullName,
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
            madeAt = clock.Instant(),
            profile = new
            {
                profile.Id,
                profile.FullName,
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
            },
            sessions = await db
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
                .ToListAsync(stop),
            tokens = await db
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
                .ToListAsync(stop),
            mails = await db
                .Outbox.Where(m => m.RecipientId == id)
                .OrderByDescending(m => m.Id)
                .Take(EntriesMost)
                .Select(m => new
                {
                    m.Event,
                    m.TransactionNumber,
                    m.CreatedAt,
                    m.SentAt,
                })
                .ToListAsync(stop),
            // One's own address and browser are in one's own entries; what others did about this person shows their acts, not where they sat.
            did = await db
                .Audit.Where(a => a.ActorId == id)
                .OrderByDescending(a => a.Id)
                .Take(EntriesMost)
                .Select(a => new
                {
                    a.At,
                    a.Action,
                    a.EntityType,
                    a.EntityKey,
                    a.Personal,
                })
                .ToListAsync(stop),
            happened = await db
                .Audit.Where(a => a.EntityType == "user" && a.EntityKey == key && a.ActorId != id)
                .OrderByDescending(a => a.Id)
                .Take(EntriesMost)
                .Select(a => new { a.At, a.Action })
                .ToListAsync(stop),
            wrote = new
            {
                transactions = await db.Transactions.CountAsync(t => t.CreatedById == id, stop),
                history = await db.History.CountAsync(h => h.ById == id, stop),
                drafts = await db.FormDrafts.CountAsync(d => d.UserId == id, stop),
            },
        };
    }

    private static async Task<IResult> Send(AppDb db, CurrentUser user, TimeProvider clock, CancellationToken stop)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(await Handle(db, user, clock, stop), Json);
        db.Audit.Add(AuditLog.By(user, "account.data_downloaded", "user", user.Id.ToString(), clock.Instant()));
        await db.SaveChangesAsync(stop);
        return TypedResults.Bytes(bytes, "application/json; charset=utf-8", $"mdc-account-{user.Id}.json");
    }
}
