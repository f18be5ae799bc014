using MdcTts.Features.Audit.Anchors;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Audit.Verifying;

/// <summary>A verification in the background: how far it is, and in the end what it found.</summary>
/// <param name="By">Who started it.</param>
/// <param name="StartedAt">When.</param>
/// <param name="Against">The day of the anchor that it was held against.</param>
public sealed record VerificationRun(string By, DateTime StartedAt, DateOnly? Against)
{
    public long Checked { get; init; }
    public long Total { get; init; }

    /// <summary>Null while it runs, and when it could not be finished.</summary>
    public Verdict? Verdict { get; init; }
    public DateTime? EndedAt { get; init; }
    public bool IsUnderway => EndedAt is null;
}

/// <summary>One verification at a time in this process: each reads the whole log. The last one's outcome is kept until the process ends.</summary>
public sealed partial class Verifications(
    IServiceScopeFactory scopes,
    AuditChain chain,
    AnchorFiles anchors,
    TimeProvider clock,
    IHostApplicationLifetime lifetime,
    ILogger<Verifications> log
)
{
    private int _isBusy;
    private VerificationRun? _latest;

    public VerificationRun? Latest => Volatile.Read(ref _latest);

    /// <summary>Starts one in the background; false when one is under way.</summary>
    public bool Start(CurrentUser user)
    {
        if (Interlocked.Exchange(ref _isBusy, 1) == 1)
            return false;
        var newest = anchors.Newest();
        Volatile.Write(ref _latest, new(user.Name, clock.Instant(), newest?.Day));
        _ = Task.Run(() => Run(user, newest?.Anchor), CancellationToken.None);
        return true;
    }

    /// <summary>Verifies within the request; null when one is under way.</summary>
    public async Task<Verdict?> Now(CurrentUser user, AppDb db, CancellationToken stop)
    {
        if (Interlocked.Exchange(ref _isBusy, 1) == 1)
            return null;
        try
        {
            var verdict = await VerifyChain.Handle(db, chain, anchors.Newest()?.Anchor, progress: null, stop);
            await Note(user, verdict, db, stop);
            return verdict;
        }
        finally
        {
            Volatile.Write(ref _isBusy, 0);
        }
    }

    private async Task Run(CurrentUser user, Anchor? anchor)
    {
        var (stop, run) = (lifetime.ApplicationStopping, Latest!);
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<AppDb>();
            run = run with { Total = await db.AuditSeals.MaxAsync(s => (long?)s.Sequence, stop) ?? 0 };
            var verdict = await VerifyChain.Handle(
                db,
                chain,
                anchor,
                done => Volatile.Write(ref _latest, run = run with { Checked = done }),
                stop
            );
            await Note(user, verdict, db, stop);
            run = run with { Checked = verdict.Checked, Verdict = verdict };
        }
        catch (Exception failed)
        {
            Log.NotFinished(log, failed);
        }
        finally
        {
            Volatile.Write(ref _latest, run with { EndedAt = clock.Instant() });
            Volatile.Write(ref _isBusy, 0);
        }
    }

    private async Task Note(CurrentUser user, Verdict verdict, AppDb db, CancellationToken stop)
    {
        db.Audit.Add(
            AuditLog.By(
                user,
                "audit.verified",
                "audit",
                "chain",
                clock.Instant(),
                new
                {
                    verdict.Checked,
                    verdict.Waiting,
                    fault = verdict.Fault is { } fault ? Keys.Of(fault) : null,
                    verdict.Sequence,
                    verdict.EntryId,
                }
            )
        );
        await db.SaveChangesAsync(stop);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The verification of the audit log was not finished")]
        public static partial void NotFinished(ILogger logger, Exception exception);
    }
}
