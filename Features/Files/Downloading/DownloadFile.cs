using MdcTts.Features.Files.Kinds;
using MdcTts.Features.Files.Scanning;
using MdcTts.Features.Settings;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;

namespace MdcTts.Features.Files.Downloading;

/// <summary>Hands out the bytes of a file, as a download and never to be run; each is in the audit log.</summary>
public sealed partial class DownloadFile(
    AppDb db,
    CurrentUser user,
    CurrentSettings settings,
    FileStore store,
    Scanner scanner,
    TimeProvider clock,
    ILogger<DownloadFile> log
)
{
    /// <summary>A file that may be handed out.</summary>
    public sealed record Found(FileRow Row, Stream Bytes);

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        foreach (var face in new[] { pages, api })
            face.MapGet("/{id:int}/content", Send)
                .RequireAuthorization(Policies.SignedIn)
                .TakesLong()
                .WithSummary("The bytes of a file, also in ranges")
                .ProducesProblem(StatusCodes.Status404NotFound)
                .ProducesProblem(StatusCodes.Status409Conflict);
    }

    public async Task<Result<Found>> Handle(int id, CancellationToken stop)
    {
        var firm = await settings.Get(stop);
        var row = await db
            .Attachments.VisibleTo(db, user, firm)
            .Where(a => a.Id == id)
            .AsRows()
            .SingleOrDefaultAsync(stop);
        if (row is null)
            return Problem.NotFound();
        if (!user.MayHave(row.Scan, row.UploadedById, firm, scanner.IsHere))
            return Problem.Conflict("problem.not_clean");
        if (store.Open(row.Sha256) is { } bytes)
            return new Found(row, bytes);
        Log.Missing(log, row.Id, row.Sha256);
        return new Problem(ProblemKind.Unavailable, "files.bytes_missing");
    }

    private async Task Note(FileRow row, CancellationToken stop)
    {
        db.Audit.Add(
            AuditLog.By(
                user,
                "file.downloaded",
                "transaction",
                row.Transaction,
                clock.Instant(),
                new { file = row.FileName, row.Sha256 }
            )
        );
        await db.SaveChangesAsync(stop);
    }

    private static async Task<IResult> Send(int id, DownloadFile useCase, HttpContext http, CancellationToken stop)
    {
        if (!(await useCase.Handle(id, stop)).Ok(out var found, out var problem))
            return http.Problem(problem);
        var row = found.Row;
        var tag = new EntityTagHeaderValue($"\"{row.Sha256}\"");
        var isKnown = http.Request.GetTypedHeaders().IfNoneMatch.Any(t => t.Compare(tag, useStrongComparison: false));
        // A download that goes on where it broke is the same download.
        var goesOn = http.Request.GetTypedHeaders().Range?.Ranges.All(r => r.From > 0) == true;
        if (!isKnown && !goesOn && !http.WantsNoBody())
            await useCase.Note(row, stop);
        // Nothing of a file is ever run, whatever it says that it is.
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        return Results.File(
            found.Bytes,
            FileKinds.Of(row.Kind).ContentType,
            row.FileName,
            new DateTimeOffset(row.UploadedAt, TimeSpan.Zero),
            tag,
            enableRangeProcessing: true
        );
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The bytes of file {Id} are missing: {Sha256}")]
        public static partial void Missing(ILogger logger, int id, string sha256);
    }
}
