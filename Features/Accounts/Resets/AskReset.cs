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

namespace MdcTts.Features.Accounts.Resets;

/// <summary>A forgotten password: a link by mail. Known, unknown and locked are one answer after the same time.</summary>
public static class AskReset
{
    // A mailbox is not to be filled by strangers.
    private const int MostAnHour = 3;

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
    public static async Task<bool> Handle(
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
        var user = await db.Users.SingleOrDefaultAsync(
            u => u.NormalizedEmail == normalized && u.Status == UserStatus.Active,
            stop
        );
        var isSent = user is not null && await Mail(user, db, secrets, now, stop);
        db.Audit.Add(
            AuditLog.Entry(
                "account.reset_asked",
                "user",
                user?.Id.ToString() ?? "unknown",
                actorId: null,
                now,
                http,
                new { mailed = isSent }
            )
        );
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return isSent;
    }

    /// <summary>Adds a link and its mail, inside the caller's transaction; false when there were enough of late.</summary>
    public static async Task<bool> Mail(
        User user,
        AppDb db,
        OutboxSecrets secrets,
        DateTime now,
        CancellationToken stop
    )
    {
        if (
            await db.AccountLinks.CountAsync(
                l => l.UserId == user.Id && l.Kind == LinkKind.Reset && l.CreatedAt > now.AddHours(-1),
                stop
            ) >= MostAnHour
        )
            return false;
        db.Outbox.Add(
            OutboxMessage.For(
                user.Id,
                "account.reset",
                now,
                secret: secrets.Protect(AccountLinks.Add(db, user, LinkKind.Reset, now))
            )
        );
        return true;
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
        return http.SeeOther(AccountRoutes.ForgotSent);
    }
}
