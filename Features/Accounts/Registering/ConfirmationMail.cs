using MdcTts.Features.Outbox;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Registering;

/// <summary>
/// The mail with the link, once more for those who did not get it. The answer never tells whether there was anything to
/// send.
/// </summary>
public sealed class ConfirmationMail(AppDb db, OutboxSecrets secrets, TimeProvider clock)
{
    public const string Event = "account.confirm";

    // Strangers must not fill somebody's mailbox.
    private const int MailsADayMax = 5;
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

    /// <summary>Adds the mail with the link, for the caller to save.</summary>
    public void Add(User user, string token, DateTime now) =>
        db.Outbox.Add(OutboxMessage.For(user.Id, Event, now, secret: secrets.Protect(token)));

    /// <summary>
    /// Adds a new link and its mail inside the caller's transaction; the old links end. Does nothing when the person
    /// got enough of them recently.
    /// </summary>
    public async Task Renew(User user, DateTime now, CancellationToken stop)
    {
        var since = now.AddDays(-1);
        var sent = await db
            .Outbox.Where(m => m.RecipientId == user.Id && m.Event == Event && m.CreatedAt > since)
            .Select(m => m.CreatedAt)
            .ToListAsync(stop);
        if (sent.Count >= MailsADayMax || sent.Any(at => at > now - Gap))
            return;
        await AccountLinks.End(db, user.Id, LinkKind.Confirmation, now, stop);
        Add(user, AccountLinks.Add(db, user, LinkKind.Confirmation, now), now);
    }

    public async Task<bool> Handle(Command command, RequestOrigin from, CancellationToken stop)
    {
        var normalized = EmailAddress.TryRead(command.Email, out var email) ? email.ToUpperInvariant() : "";
        var now = clock.Instant();
        await using var write = await db.BeginWrite(stop);
        var user = await db.Users.SingleOrDefaultAsync(u => u.NormalizedEmail == normalized, stop);
        var isAwaited = user is not null && IsAwaited(user);
        if (isAwaited)
            await Renew(user!, now, stop);
        var key = isAwaited ? user!.Id.ToString() : "unknown";
        db.Audit.Add(AuditLog.Entry("account.confirmation_asked", "user", key, actorId: null, now, from));
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return isAwaited;
    }

    private static async Task<IResult> Submit(
        [FromForm] Command? command,
        ConfirmationMail useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        await SteadyPace.Keep(() => useCase.Handle(command ?? new(), http.Origin(), stop), stop);
        http.Toast(Infrastructure.Ui.Words.T["registering.sent_again"]);
        return http.SeeOther(AccountRoutes.Registered);
    }
}
