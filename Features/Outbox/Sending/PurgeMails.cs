using Coravel.Invocable;
using MdcTts.Infrastructure.Saudi;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Outbox.Sending;

/// <summary>
/// Deletes finished messages, and mails in files, after 90 days. What was given up stays until an admin decides.
/// </summary>
public sealed class PurgeMails(AppDb db, MailFiles files, TimeProvider clock)
{
    /// <summary>At 02:45 daily, in Riyadh.</summary>
    public const string Schedule = "45 2 * * *";

    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(90);

    public async Task<int> Handle(CancellationToken stop)
    {
        var before = clock.Instant() - KeptFor;
        await using var write = await db.BeginWrite(stop);
        var rows = await db.Outbox.Where(m => m.SentAt < before).ExecuteDeleteAsync(stop);
        await write.Commit(stop);
        // By age and not by row: the row of a file may already be gone.
        files.DeleteOlderThan(before);
        return rows;
    }
}

/// <summary>Runs the rule by the clock.</summary>
public sealed class PurgeMailsJob(PurgeMails useCase) : IInvocable, ICancellableInvocable
{
    public CancellationToken CancellationToken { get; set; }

    public Task Invoke() => useCase.Handle(CancellationToken);
}
