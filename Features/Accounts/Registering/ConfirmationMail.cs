using MdcTts.Features.Audit;
using MdcTts.Features.Outbox;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Registering;

/// <summary>The mail with the link, once more for those who did not get it. The answer never tells whether there was anything to send.</summary>
public static class ConfirmationMail
{
    public const string Event = "account.confirm";

    // So many a day, and not right behind one another: a stranger's mailbox is not to be filled.
    private const int MostADay = 5;
    private static readonly TimeSpan Gap = TimeSpan.FromMinutes(2);

    public sealed class Command
    {
        public string? Email { get; set; }
    }

    public static void Map(RouteGroupBuilder pages) =>
        pages.MapPost(AccountRoutes.ConfirmAgain, Submit).AllowAnonymous().Limited(RateLimits.SignIn);

    /// <summary>True for those who registered and have not shown yet that the address is theirs.</summary>
    public static bool IsAwaited(User user) =>
        user is { Status: UserStatus.Pending, EmailConfirmed: false, PasswordHash: not null };

    /// <summary>A new link; the old ones end. Nothing when there were enough.</summary>
    public static async Task Renew(User user, AppDb db, OutboxSecrets secrets, DateTime now, CancellationToken stop)
    {
        var sent = await db
            .Outbox.Where(m => m.RecipientId == user.Id && m.Event == Event && m.CreatedAt > now.AddDays(-1))
            .Select(m => m.CreatedAt)
            .ToListAsync(stop);
        if (sent.Count >= MostADay || sent.Any(at => at > now - Gap))
            return;
        await AccountLinks.End(db, user.Id, LinkKind.Confirmation, now, stop);
        db.Outbox.Add(
            OutboxMessage.For(
                user.Id,
                Event,
                now,
                secret: secrets.Protect(AccountLinks.Add(db, user, LinkKind.Confirmation, now))
            )
        );
    }

    private static async Task<bool> Handle(
        Command command,
        AppDb db,
        OutboxSecrets secrets,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        var normalized = EmailAddress.TryRead(command.Email, out var email) ? email.ToUpperInvariant() : "";
        var now = clock.Instant();
        await using var write = await db.BeginWrite(stop);
        var user = await db.Users.SingleOrDefaultAsync(u => u.NormalizedEmail == normalized, stop);
        var isAwaited = user is not null && IsAwaited(user);
        if (isAwaited)
            await Renew(user!, db, secrets, now, stop);
        db.Audit.Add(
            AuditLog.Entry(
                "account.confirmation_asked",
                "user",
                isAwaited ? user!.Id.ToString() : "unknown",
                actorId: null,
                now,
                http
            )
        );
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return isAwaited;
    }

    private static async Task<IResult> Submit(
        [FromForm] Command? command,
        AppDb db,
        OutboxSecrets secrets,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        await SteadyPace.Keep(() => Handle(command ?? new(), db, secrets, clock, http, stop), stop);
        http.Toast(Infrastructure.Ui.Words.T["registering.sent_again"]);
        return http.SeeOther(AccountRoutes.Registered);
    }
}
