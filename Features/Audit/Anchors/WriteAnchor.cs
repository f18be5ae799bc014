using System.Globalization;
using Coravel.Invocable;
using MdcTts.Features.Accounts;
using MdcTts.Features.Outbox;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Saudi;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Audit.Anchors;

/// <summary>
/// Once a day, writes where the chain stands to three places that a change of the database does not reach: the
/// process's log, a file, and the admins' mailboxes.
/// </summary>
public sealed partial class WriteAnchor(AppDb db, AnchorFiles files, TimeProvider clock, ILogger<WriteAnchor> log)
{
    /// <summary>
    /// 00:10 in Riyadh, and again every six hours for a machine that was off then. The first run of a day counts.
    /// </summary>
    public const string Schedule = "10 0,6,12,18 * * *";

    public const string Event = "audit.anchor";

    public async Task<Anchor> Handle(CancellationToken stop)
    {
        var (now, today) = (clock.Instant(), clock.Today());
        var anchor = files.Read(today);
        if (anchor is null)
        {
            anchor = files.Keep(today, await Head(now, stop));
            Log.Anchored(log, anchor.Sequence, anchor.Count, anchor.Head, anchor.At);
        }

        await QueueMails(anchor, today, now, stop);
        return anchor;
    }

    private async Task<Anchor> Head(DateTime now, CancellationToken stop)
    {
        var last = await db
            .AuditSeals.OrderByDescending(s => s.Sequence)
            .Select(s => new { s.Sequence, s.Seal })
            .FirstOrDefaultAsync(stop);
        return last is null
            ? new(0, 0, Convert.ToHexStringLower(AuditChain.Start), now)
            : new(last.Sequence, last.Sequence, Convert.ToHexStringLower(last.Seal), now);
    }

    // Each replica may have a file of its own, but each admin gets one mail a day.
    private async Task QueueMails(Anchor anchor, DateOnly today, DateTime now, CancellationToken stop)
    {
        var start = Clock.StartOf(today);
        await using var write = await db.BeginWrite(stop);
        await db.TakeTurn(Turn.Anchor, stop);
        if (await db.Outbox.AnyAsync(m => m.Event == Event && m.CreatedAt >= start, stop))
            return;

        var admins = await Admins.Active(db, stop);
        string[] args =
        [
            Number(anchor.Sequence),
            Number(anchor.Count),
            anchor.Head,
            today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        ];
        db.Outbox.AddRange(admins.Select(id => OutboxMessage.For(id, Event, now, args)));
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static partial class Log
    {
        [LoggerMessage(
            7001,
            LogLevel.Information,
            "Audit anchor: sequence {Sequence}, count {Count}, head {Head}, at {At:o}"
        )]
        public static partial void Anchored(ILogger logger, long sequence, long count, string head, DateTime at);
    }
}

/// <summary>Runs the rule by the clock.</summary>
public sealed class WriteAnchorJob(WriteAnchor useCase) : IInvocable, ICancellableInvocable
{
    public CancellationToken CancellationToken { get; set; }

    public Task Invoke() => useCase.Handle(CancellationToken);
}
