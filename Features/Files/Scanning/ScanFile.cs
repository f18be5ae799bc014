using System.Text.Json;
using Coravel.Invocable;
using MdcTts.Features.Accounts;
using MdcTts.Features.Outbox;
using MdcTts.Features.Transactions;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Events;
using MdcTts.Infrastructure.Jobs;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Text;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Files.Scanning;

/// <summary>Has the scanner look at bytes that wait for it, and keeps what it says.</summary>
public sealed partial class ScanFile(
    AppDb db,
    FileStore store,
    Scanner scanner,
    TimeProvider clock,
    ILogger<ScanFile> log
)
{
    /// <summary>How long a scanner that did not answer is left in peace.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    /// <summary>Does nothing for bytes that do not wait. While the scanner is away they go on waiting.</summary>
    public async Task Handle(int contentId, CancellationToken stop)
    {
        var content = await db.FileContents.SingleOrDefaultAsync(
            c => c.Id == contentId && c.Scan == ScanState.Pending,
            stop
        );
        if (content is null || !scanner.IsHere)
            return;
        await using var bytes = store.Open(content.Sha256);
        if (bytes is null)
        {
            Log.Missing(log, content.Id);
            return;
        }

        string? finding;
        try
        {
            finding = await scanner.Scan(bytes, stop);
        }
        catch (ScannerException e)
        {
            Log.Silent(log, e, content.Id);
            content.AwaitScan(clock.Instant() + Pause);
            await db.SaveChangesAsync(stop);
            return;
        }

        var at = clock.Instant();
        var admins = finding is null ? [] : await Admins.Active(db, stop);
        await using var write = await db.BeginWrite(stop);
        content.Scanned(finding, at);
        await Tell(content, admins, at, stop);
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
    }

    /// <summary>
    /// The pages that show the file, and the audit log; what is infected also the admins and who uploaded it.
    /// </summary>
    private async Task Tell(FileContent content, List<int> admins, DateTime at, CancellationToken stop)
    {
        var files = await db
            .Attachments.Where(a => a.ContentId == content.Id && a.DeletedAt == null)
            .Select(a => new
            {
                a.Id,
                a.FileName,
                a.UploadedById,
                a.Visibility,
                a.Transaction.Number,
                a.Transaction.Status,
            })
            .ToListAsync(stop);
        foreach (var file in files)
        {
            var isOutside = file.Visibility == FileVisibility.Client && content.Scan == ScanState.Clean;
            db.Add(
                new EventRow
                {
                    At = at,
                    Kind = TransactionEvents.FileScanned,
                    Key = file.Number,
                    Effect = PageEffect.Changed,
                    Data = JsonSerializer.Serialize(
                        new ChangeData(file.Status, [], isOutside),
                        JsonSerializerOptions.Web
                    ),
                }
            );
            if (content.Finding is not null)
                db.Outbox.AddRange(
                    admins
                        .Append(file.UploadedById)
                        .Distinct()
                        .Select(person => OutboxMessage.For(person, FileMails.Infected, at, [$"{file.Id}"]))
                );
            db.Audit.Add(
                AuditLog.Entry(
                    TransactionEvents.FileScanned,
                    "transaction",
                    file.Number,
                    actorId: null,
                    at,
                    data: new
                    {
                        file = file.FileName,
                        scan = Keys.Of(content.Scan),
                        content.Finding,
                    }
                )
            );
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The bytes of content {Id} are missing, so they cannot be scanned")]
        public static partial void Missing(ILogger logger, int id);

        [LoggerMessage(2, LogLevel.Warning, "The scanner did not look at content {Id}; it waits")]
        public static partial void Silent(ILogger logger, Exception failure, int id);
    }
}

/// <summary>Runs it in the background.</summary>
public sealed class ScanFileJob(ScanFile work, Jobs jobs, IHostApplicationLifetime life)
    : IInvocable,
        IInvocableWithPayload<int>
{
    public int Payload { get; set; }

    public Task Invoke()
    {
        jobs.Began<ScanFileJob>(Payload);
        return work.Handle(Payload, life.ApplicationStopping);
    }
}
