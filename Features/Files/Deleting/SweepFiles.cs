using Coravel.Invocable;
using MdcTts.Infrastructure.Saudi;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Files.Deleting;

/// <summary>
/// Every night: what was deleted long ago goes, then the bytes that nobody has a row for. Bytes younger than a day
/// stay, because their row may be on its way.
/// </summary>
public sealed partial class SweepFiles(AppDb db, FileStore store, TimeProvider clock, ILogger<SweepFiles> log)
{
    public const string Schedule = "30 0 * * *";
    private static readonly TimeSpan Young = TimeSpan.FromDays(1);

    public async Task Handle(CancellationToken stop)
    {
        var now = clock.Instant();
        var until = now - Attachment.KeptWhenDeleted;
        await using (var write = await db.BeginWrite(stop))
        {
            await db.Attachments.Where(a => a.DeletedAt < until).ExecuteDeleteAsync(stop);
            await db
                .FileContents.Where(c => !db.Attachments.Any(a => a.ContentId == c.Id))
                .Where(c => c.CreatedAt < now - Young)
                .ExecuteDeleteAsync(stop);
            await write.Commit(stop);
        }

        var removed = 0;
        foreach (var batch in store.OlderThan(now - Young).Chunk(500))
        {
            var known = await db
                .FileContents.Where(c => EF.Parameter(batch).Contains(c.Sha256))
                .Select(c => c.Sha256)
                .ToHashSetAsync(stop);
            foreach (var sha256 in batch.Where(each => !known.Contains(each)))
            {
                store.Delete(sha256);
                removed++;
            }
        }

        if (removed > 0)
            Log.Removed(log, removed);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Count} files that belong to nothing are deleted")]
        public static partial void Removed(ILogger logger, int count);
    }
}

/// <summary>Runs it by the clock.</summary>
public sealed class SweepFilesJob(SweepFiles work, IHostApplicationLifetime life) : IInvocable
{
    public Task Invoke() => work.Handle(life.ApplicationStopping);
}
