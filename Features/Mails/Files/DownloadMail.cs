using System.Globalization;
using MdcTts.Features.Outbox;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Mails.Files;

/// <summary>
/// Downloads a mail that was written to a file. Without a mail server, this is how its links reach people.
/// </summary>
public sealed class DownloadMail(AppDb db, MailFiles files, CurrentUser user, TimeProvider clock)
{
    public static void Map(RouteGroupBuilder pages) =>
        pages.MapGet("/{id:long}/eml", Send).RequireAuthorization(Policies.Admin).RequiresProof();

    public async Task<Result<FileStream>> Handle(long id, CancellationToken stop)
    {
        if (
            await db.Outbox.Where(m => m.Id == id).Select(m => new { m.RecipientId }).SingleOrDefaultAsync(stop)
            is not { } message
        )
            return Problem.NotFound();
        if (files.Open(id) is not { } file)
            return Problem.NotFound("mails.no_file");

        // The mail may hold a link that signs its reader in, so the audit log names who opened it before they get it.
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

    private static async Task<IResult> Send(long id, DownloadMail useCase, HttpContext http, CancellationToken stop)
    {
        if (!(await useCase.Handle(id, stop)).Ok(out var file, out var problem))
            return http.HtmlProblem(problem);
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.File(file, "message/rfc822", $"mail-{id}.eml");
    }
}
