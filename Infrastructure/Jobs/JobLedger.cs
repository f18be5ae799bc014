using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Text;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Infrastructure.Jobs;

/// <summary>
/// Who runs what, written down: a time that has come gets its row once, and the row is claimed for a while under a number of its own (<see cref="JobRun.Lease"/>).
/// Any number of processes may do this: who dies loses the claim, and who wakes too late writes no outcome.
/// </summary>
public sealed partial class JobLedger(
    IServiceScopeFactory scopes,
    Timetable timetable,
    TimeProvider clock,
    ILogger<JobLedger> log
)
{
    /// <summary>Extended as long as the process lives.</summary>
    public static readonly TimeSpan LeaseLength = TimeSpan.FromSeconds(30);

    // The last time of each job that is known to have its row.
    private readonly Dictionary<string, DateTime> _known = new(StringComparer.Ordinal);
    private bool _hasLooked;

    /// <summary>The name of this process in the ledger.</summary>
    public string Who { get; } =
        $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.NewGuid().ToString("N")[..6]}";

    /// <summary>Writes down the times that have come and claims every run that nobody has.</summary>
    public async Task<IReadOnlyList<JobRun>> Take(CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AppDb>();
        var now = clock.Instant();
        if (!_hasLooked)
            await Free(db, stop);
        _hasLooked = true;
        // Mostly nothing is to be done: these questions open no transaction and take nobody's turn.
        var open = await db.JobRuns.AsNoTracking().Where(r => r.FinishedAt == null).ToListAsync(stop);
        var due = Due(open, now);
        if (due.Count == 0 && !open.Exists(r => r.IsFree(now)))
            return [];

        await using var write = await db.BeginWrite(stop);
        await db.TakeTurn(Turn.Jobs, stop);
        open = await db.JobRuns.Where(r => r.FinishedAt == null).ToListAsync(stop);
        foreach (var (job, slot) in due)
            if (await Enter(db, job, slot, now, stop) is { } run)
                open.Add(run);
        var taken = open.Where(r => r.IsFree(now) && timetable.Entries.ContainsKey(r.Job) && !IsBusy(r))
            .OrderBy(r => r.Slot)
            .DistinctBy(r => r.Job)
            .ToList();
        foreach (var run in taken)
            Claim(run, now);
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        foreach (var (job, slot) in due)
            _known[job] = slot;
        return taken.FindAll(r => r.FinishedAt is null);

        // A job does not overtake itself, on whatever process.
        bool IsBusy(JobRun run) =>
            open.Exists(other => other.Job == run.Job && other.FinishedAt is null && !other.IsFree(now));
    }

    /// <summary>Adds a run out of turn, which whichever process looks next takes; null when the job waits or runs already. Within a write of <paramref name="db"/>, which the caller saves and commits.</summary>
    public static async Task<JobRun?> Ask(AppDb db, string job, DateTime now, CancellationToken stop)
    {
        await db.TakeTurn(Turn.Jobs, stop);
        if (await db.JobRuns.AnyAsync(r => r.Job == job && (r.FinishedAt == null || r.Slot == now), stop))
            return null;
        return db.JobRuns.Add(new() { Job = job, Slot = now }).Entity;
    }

    /// <summary>Keeps the claim; false when it is lost.</summary>
    public Task<bool> Extend(JobRun run, CancellationToken stop)
    {
        var until = clock.Instant() + LeaseLength;
        return Write(run, r => r.LeasedUntil = until, stop);
    }

    /// <summary>Writes the outcome; false when the claim was lost and the outcome is not ours to write.</summary>
    public Task<bool> Finish(JobRun run, string? error)
    {
        var now = clock.Instant();
        return Write(
            run,
            r =>
                (r.FinishedAt, r.Outcome, r.Error, r.LeasedUntil) = (
                    now,
                    error is null ? JobOutcome.Succeeded : JobOutcome.Failed,
                    Short(error),
                    null
                ),
            CancellationToken.None
        );
    }

    /// <summary>Leaves the run to another process, which need not wait for the lease to run out.</summary>
    public Task<bool> GiveBack(JobRun run) => Write(run, r => r.LeasedUntil = null, CancellationToken.None);

    // The times that have come and have no row yet. One that was missed is caught up on once; while a run is open, the next one waits.
    private List<(string Job, DateTime Slot)> Due(List<JobRun> open, DateTime now)
    {
        var due = new List<(string, DateTime)>();
        foreach (var (name, (job, cron)) in timetable.Entries)
        {
            if (open.Exists(r => r.Job == name))
                continue;
            var known = _known.GetValueOrDefault(name);
            if (cron.Last(now, known > now - job.LateMost ? now - known : job.LateMost) is { } slot && slot > known)
                due.Add((name, slot));
        }

        return due;
    }

    private static async Task<JobRun?> Enter(AppDb db, string job, DateTime slot, DateTime now, CancellationToken stop)
    {
        if (await db.JobRuns.AnyAsync(r => r.Job == job && r.Slot >= slot, stop))
            return null;
        var run = new JobRun { Job = job, Slot = slot };
        // New here: its last time was before us.
        if (!await db.JobRuns.AnyAsync(r => r.Job == job, stop))
            (run.StartedAt, run.FinishedAt, run.Outcome) = (now, now, JobOutcome.Skipped);
        db.JobRuns.Add(run);
        return run.FinishedAt is null ? run : null;
    }

    private void Claim(JobRun run, DateTime now)
    {
        if (run.Lease >= JobRun.AttemptsMost)
        {
            (run.FinishedAt, run.Outcome, run.Error) = (
                now,
                JobOutcome.Failed,
                "Every process that began it ended during the run."
            );
            return;
        }

        if (run.Lease > 0)
            Log.TakenOver(log, run.Job, run.Slot, run.Who);
        (run.Lease, run.LeasedUntil, run.Who, run.StartedAt) = (run.Lease + 1, now + LeaseLength, Who, now);
    }

    // The only process there can be has only just started: nobody is at work, whatever the rows say.
    private static async Task Free(AppDb db, CancellationToken stop)
    {
        if (!db.IsSqlite)
            return;
        await using var write = await db.BeginWrite(stop);
        await db
            .JobRuns.Where(r => r.FinishedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.LeasedUntil, (DateTime?)null), stop);
        await write.Commit(stop);
    }

    private async Task<bool> Write(JobRun run, Action<JobRun> change, CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AppDb>();
        await using var write = await db.BeginWrite(stop);
        await db.TakeTurn(Turn.Jobs, stop);
        if (
            await db.JobRuns.SingleOrDefaultAsync(
                r => r.Id == run.Id && r.Lease == run.Lease && r.FinishedAt == null,
                stop
            )
            is not { } row
        )
            return false;
        change(row);
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return true;
    }

    private static string? Short(string? error) =>
        error is null || error.Length <= JobRun.ErrorMost ? error : error[..(JobRun.ErrorMost - 1)] + "…";

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Job} of {Slot:o} is taken over: {Who} did not extend its lease")]
        public static partial void TakenOver(ILogger logger, string job, DateTime slot, string? who);
    }
}
