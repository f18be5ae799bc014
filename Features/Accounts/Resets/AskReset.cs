using MdcTts.Features.Outbox;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Resets;

/// <summary>
/// A forgotten password: a link by mail. The answer to a known, an unknown and a locked address is the same, after the
/// same time.
/// </summary>
public sealed class AskReset(AppDb db, OutboxSecrets secrets, TimeProvider clock)
{
    // Strangers must not fill somebody's mailbox.
    private const int MailsAnHourMax = 3;

    public sealed class Command
    {
        public string? Email { get; set; }
    }

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet(AccountRoutes.Forgot, () => ForgotPage.Create()).AllowAnonymous();
        pages.MapPost(AccountRoutes.Forgot, Submit).AllowAnonymous().Limited(RateLimits.SignIn);
        pages.MapGet(AccountRoutes.ForgotSent, () => ForgotSentPage.Create()).AllowAnonymous();
    }

    /// <summary>Adds the link and its mail for somebody who may sign in; audited for everybody.</summary>
    public async Task<bool> Handle(Command command, RequestOrigin from, CancellationToken stop)
    {
        var normalized = EmailAddress.TryRead(command.Email, out var email) ? email.ToUpperInvariant() : "";
        var now = clock.Instant();
        await using var write = await db.BeginWrite(stop);
        var user = await db.Users.SingleOrDefaultAsync(
            u =>
                u.NormalizedEmail == normalized
                && u.Status == UserStatus.Active
                && (u.Client == null || u.Client.IsActive),
            stop
        );
        var isSent = user is not null && await AddMail(user, now, stop);
        db.Audit.Add(
            AuditLog.Entry(
                "account.reset_asked",
                "user",
                user?.Id.ToString() ?? "unknown",
                actorId: null,
                now,
                from,
                new { mailed = isSent }
            )
        );
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return isSent;
    }

    /// <summary>
    /// Adds a link and its mail, inside the caller's transaction; false when the person got enough of them recently.
    /// </summary>
    public async Task<bool> AddMail(User user, DateTime now, CancellationToken stop)
    {
        var since = now.AddHours(-1);
        var sent = await db.AccountLinks.CountAsync(
            l => l.UserId == user.Id && l.Kind == LinkKind.Reset && l.CreatedAt > since,
            stop
        );
        if (sent >= MailsAnHourMax)
            return false;
        var token = secrets.Protect(AccountLinks.Add(db, user, LinkKind.Reset, now));
        db.Outbox.Add(OutboxMessage.For(user.Id, "account.reset", now, secret: token));
        return true;
    }

    private static async Task<IResult> Submit(
        [FromForm] Command? command,
        AskReset useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        await SteadyPace.Keep(() => useCase.Handle(command ?? new(), http.Origin(), stop), stop);
        return http.SeeOther(AccountRoutes.ForgotSent);
    }
}
