using MdcTts.Features.Audit.Anchors;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Audit.Verifying;

/// <summary>A verification in the background: how far it is, and in the end what it found.</summary>
/// <param name="By">Who started it.</param>
/// <param name="Against">The day of the anchor that it is compared with.</param>
public sealed record VerificationRun(string By, DateTime StartedAt, DateOnly? Against)
{
    public long Checked { get; init; }
    public long Total { get; init; }

    /// <summary>Null while it runs, and when it could not be finished.</summary>
    public Verdict? Verdict { get; init; }
    public DateTime? EndedAt { get; init; }
    public bool IsUnderway => EndedAt is null;
}

/// <summary>
/// Runs one verification at a time in this process, because each reads the whole log. Keeps the outcome of the last one
/// until the process ends.
/// </summary>
public sealed partial class Verifications(
    IServiceScopeFactory scopes,
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
    public async Task<Verdict?> RunNow(CurrentUser user, CancellationToken stop)
    {
        if (Interlocked.Exchange(ref _isBusy, 1) == 1)
            return null;
        try
        {
            return await Verify(user, anchors.Newest()?.Anchor, progress: null, stop);
        }
        finally
        {
            Volatile.Write(ref _isBusy, 0);
        }
    }

    private async Task Run(CurrentUser user, Anchor? anchor)
    {
        var stop = lifetime.ApplicationStopping;
        var run = Latest!;
        try
        {
            run = run with { Total = await CountSeals(stop) };
            var verdict = await Verify(
                user,
                anchor,
                done => Volatile.Write(ref _latest, run = run with { Checked = done }),
                stop
            );
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

    private async Task<long> CountSeals(CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AppDb>();
        return await db.AuditSeals.MaxAsync(s => (long?)s.Sequence, stop) ?? 0;
    }

    private async Task<Verdict> Verify(CurrentUser user, Anchor? anchor, Action<long>? progress, CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        var verdict = await scope.ServiceProvider.GetRequiredService<VerifyChain>().Handle(anchor, progress, stop);
        var db = scope.ServiceProvider.GetRequiredService<AppDb>();
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
        return verdict;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The verification of the audit log was not finished")]
        public static partial void NotFinished(ILogger logger, Exception exception);
    }
}
