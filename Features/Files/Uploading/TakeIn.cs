using MdcTts.Features.Files.Kinds;
using MdcTts.Features.Files.Scanning;
using MdcTts.Features.Settings;
using MdcTts.Features.Transactions;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Files.Uploading;

/// <summary>Takes one file in: bytes to the disk, then what they are, then the row and the history.</summary>
public sealed class TakeIn(
    AppDb db,
    CurrentUser user,
    CurrentSettings settings,
    FileStore store,
    Scanner scanner,
    TimeProvider clock
)
{
    private const int TriesMax = 20;
    private const long Megabyte = 1 << 20;

    /// <summary>What is said about a file beside its name.</summary>
    public sealed record About(FileVisibility Visibility, string? Description);

    /// <summary>Takes it in; the caller has its scan begun.</summary>
    /// <param name="number">Of the transaction, as sent.</param>
    /// <param name="name">As sent; may be anything.</param>
    public async Task<Result<Attachment>> Handle(
        string number,
        string name,
        About about,
        Stream bytes,
        CancellationToken stop
    )
    {
        var firm = await settings.Get(stop);
        using var incoming = await store.Receive(bytes, firm.FileMegabytesMax * Megabyte, stop);
        if (incoming is null)
            return new Problem(ProblemKind.TooLarge, "files.refused.too_large", firm.FileMegabytesMax);
        if (incoming.Size == 0)
            return Refused("files.refused.empty");
        Recognised found;
        await using (var file = incoming.Open())
            found = Recognition.Of(file, name);
        if (found.Kind is not { } kind)
            return Refused(found.Refusal!, [.. found.Args]);

        store.Keep(incoming);
        for (var tries = 1; ; tries++)
        {
            var result = await Write(number, FileNames.Clean(name, kind), kind, about, incoming, stop);
            // Files do not contradict each other: whoever comes second waits their turn.
            if (result.Problem is not { Kind: ProblemKind.Conflict, Key: not TooMany } || tries == TriesMax)
                return result;
            db.ChangeTracker.Clear();
        }
    }

    private const string TooMany = "files.refused.too_many";

    private static Problem Refused(string key, params object[] args) => Problem.Invalid("files", key, args);

    private async Task<Result<Attachment>> Write(
        string number,
        string name,
        FileKind kind,
        About about,
        FileStore.Incoming incoming,
        CancellationToken stop
    )
    {
        var most = (await settings.Get(stop)).FilesPerTransactionMax;
        await using var write = await db.BeginWrite(stop);
        if (
            !(await db.Transactions.FindOne(number, user, version: null, stop)).Ok(out var transaction, out var problem)
        )
            return problem;
        var names = await db
            .Attachments.Where(a => a.TransactionId == transaction.Id && a.DeletedAt == null)
            .Select(a => a.FileName)
            .ToListAsync(stop);
        if (names.Count >= most)
            return Problem.Conflict(TooMany, most);

        var at = clock.Instant();
        var content = await db.FileContents.SingleOrDefaultAsync(c => c.Sha256 == incoming.Sha256, stop);
        content ??= NewContent(kind, incoming, at);
        var attachment = new Attachment
        {
            TransactionId = transaction.Id,
            FileName = FileNames.ToldApart(name, names),
            Content = content,
            Visibility = about.Visibility,
            Description = about.Description,
            UploadedById = user.Id,
            UploadedAt = at,
        };
        db.Attachments.Add(attachment);
        db.Record(
            transaction.File(
                HistoryKind.FileAdded,
                [new("file", null, attachment.FileName)],
                new
                {
                    file = attachment.FileName,
                    incoming.Sha256,
                    incoming.Size,
                    visibility = Keys.Of(about.Visibility),
                },
                user,
                at
            )
        );
        try
        {
            await db.SaveChangesAsync(stop);
            await write.Commit(stop);
            return attachment;
        }
        catch (DbUpdateConcurrencyException)
        {
            return Problem.Conflict("problem.changed_meanwhile");
        }
        // The same bytes came at the same time.
        catch (DbUpdateException failure) when (failure.IsUniqueViolation())
        {
            return Problem.Conflict("problem.changed_meanwhile");
        }
    }

    private FileContent NewContent(FileKind kind, FileStore.Incoming incoming, DateTime at)
    {
        var content = new FileContent
        {
            Sha256 = incoming.Sha256,
            Size = incoming.Size,
            Kind = kind.Key,
            CreatedAt = at,
        };
        if (scanner.IsHere)
            content.AwaitScan(at);
        return content;
    }
}
