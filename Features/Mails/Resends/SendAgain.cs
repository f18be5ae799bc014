using System.Globalization;
using MdcTts.Features.Outbox;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Mails.Resends;

/// <summary>Puts a message that failed back at the head of the queue and counts its attempts from zero.</summary>
public sealed class SendAgain(AppDb db, CurrentUser user, TimeProvider clock)
{
    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapPost("/{id:long}/resend", Submit).RequireAuthorization(Policies.Admin);
        pages.MapPost("/resend", SubmitAll).RequireAuthorization(Policies.Admin);
    }

    public async Task<Result<long>> Handle(long id, CancellationToken stop)
    {
        if (!await db.Outbox.AnyAsync(m => m.Id == id, stop))
            return Problem.NotFound();

        var now = clock.Instant();
        await using var write = await db.BeginWrite(stop);
        var queued = await Queue(db.Outbox.Where(m => m.Id == id && m.Error != null), now, stop);
        if (queued == 0)
            return Problem.Conflict("mails.not_failed");
        db.Audit.Add(AuditLog.By(user, "mail.sent_again", "mail", id.ToString(CultureInfo.InvariantCulture), now));
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return id;
    }

    /// <summary>All that were given up; answers how many.</summary>
    public async Task<int> HandleAll(CancellationToken stop)
    {
        var now = clock.Instant();
        await using var write = await db.BeginWrite(stop);
        var queued = await Queue(db.Outbox.Where(m => m.ParkedAt != null), now, stop);
        if (queued > 0)
            db.Audit.Add(AuditLog.By(user, "mail.sent_again", "mail", "all", now, new { mails = queued }));
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return queued;
    }

    // A message that a worker is sending is left alone: a second worker would send it twice.
    private static Task<int> Queue(IQueryable<OutboxMessage> messages, DateTime now, CancellationToken stop) =>
        messages
            .Where(m => m.SentAt == null && (m.LeasedUntil == null || m.LeasedUntil <= now))
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(m => m.ParkedAt, (DateTime?)null)
                        .SetProperty(m => m.DueAt, now)
                        .SetProperty(m => m.Attempts, 0),
                stop
            );

    private static async Task<IResult> SubmitAll(SendAgain useCase, HttpContext http, CancellationToken stop)
    {
        http.Toast(Words.T.Count("mails.queued_all", await useCase.HandleAll(stop)));
        return http.SeeOther(MailRoutes.Root);
    }

    private static async Task<IResult> Submit(long id, SendAgain useCase, HttpContext http, CancellationToken stop)
    {
        if (!(await useCase.Handle(id, stop)).Ok(out _, out var problem))
            return http.HtmlProblem(problem);
        http.Toast(Words.T["mails.queued"]);
        return http.SeeOther(MailRoutes.Root);
    }
}
