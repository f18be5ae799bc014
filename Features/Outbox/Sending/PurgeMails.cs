using Coravel.Invocable;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Text;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Outbox.Sending;

/// <summary>
/// Deletes messages that are done, and mails in files, after 90 days. What was given up stays until an admin decides.
/// </summary>
public static class PurgeMails
{
    /// <summary>At 02:45 daily, in Riyadh.</summary>
    public const string Schedule = "45 2 * * *";

    private static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    public static async Task<int> Handle(AppDb db, MailFiles files, TimeProvider clock, CancellationToken stop)
    {
        var before = clock.Instant() - Kept;
        await using var write = await db.BeginWrite(stop);
        var rows = await db.Outbox.Where(m => m.SentAt < before).ExecuteDeleteAsync(stop);
        await write.Commit(stop);
        // By their age, not by the rows: a file may be of a row that is gone.
        files.DeleteOlderThan(before);
        return rows;
    }
}

/// <summary>Runs the rule by the clock.</summary>
public sealed class PurgeMailsJob(AppDb db, MailFiles files, TimeProvider clock) : IInvocable, ICancellableInvocable
{
    public CancellationToken CancellationToken { get; set; }

    public Task Invoke() => PurgeMails.Handle(db, files, clock, CancellationToken);
}
