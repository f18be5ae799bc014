using System.Globalization;
using MdcTts.Features.Audit;
using MdcTts.Features.Outbox;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Mails.Files;

/// <summary>A mail that lies in a file, as it would have been sent: without a mail server this is how its links reach people.</summary>
public static class DownloadMail
{
    public static void Map(RouteGroupBuilder pages) =>
        pages.MapGet("/{id:long}/eml", Send).RequireAuthorization(Policies.Admin);

    public static async Task<Result<FileStream>> Handle(
        long id,
        AppDb db,
        MailFiles files,
        CurrentUser user,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        if (
            await db.Outbox.Where(m => m.Id == id).Select(m => new { m.RecipientId }).SingleOrDefaultAsync(stop)
            is not { } message
        )
            return Problem.NotFound();
        if (files.Open(id) is not { } file)
            return Problem.NotFound("mails.no_file");

        // It may hold a link that lets its holder in: who has looked is on record first.
        db.Audit.Add(
            AuditLog.By(
                user,
                "mail.downloaded",
                "mail",
                id.ToString(CultureInfo.InvariantCulture),
                clock.Instant(),
                new { recipient = message.RecipientId }
            )
        );
        await db.SaveChangesAsync(stop);
        return file;
    }

    private static async Task<IResult> Send(
        long id,
        AppDb db,
        MailFiles files,
        CurrentUser user,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (!(await Handle(id, db, files, user, clock, stop)).Ok(out var file, out var problem))
            return http.HtmlProblem(problem);
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.File(file, "message/rfc822", $"mail-{id}.eml");
    }
}
