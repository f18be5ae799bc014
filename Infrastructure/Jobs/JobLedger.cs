using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Saudi;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;

namespace MdcTts.Infrastructure.Jobs;

/// <summary>
/// The record of scheduled runs. A time that has come gets one row, and one process at a time claims it
/// (<see cref="Leases"/>), however many look.
/// </summary>
public sealed partial class JobLedger(
    IServiceScopeFactory scopes,
    Leases leases,
    Timetable timetable,
    TimeProvider clock,
    ILogger<JobLedger> log
)
{
    // The last time of each job that is known to have its row.
    private readonly Dictionary<string, DateTime> _known = new(StringComparer.Ordinal);

    /// <summary>The name of this process in the ledger.</summary>
    public string Who { get; } =
        $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.NewGuid().ToString("N")[..6]}";

    /// <summary>Writes down the times that have come and claims every run that nobody has.</summary>
    public async Task<IReadOnlyList<Lease<JobRun>>> Take(CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<EngineDb>();
        var now = clock.Instant();
        // There is rarely anything to do, so these questions open no transaction and make no other process wait.
        var open = await Open(db, stop);
        var due = Due(open, now);
        if (due.Count == 0 && !open.Exists(r => r.IsFree(now)))
            return [];

        await using var write = await db.BeginWrite(stop);
        await db.TakeTurn(Turn.Jobs, stop);
        foreach (var (job, slot) in due)
            await Enter(db, job, slot, now, stop);
        await db.SaveChangesAsync(stop);
        open = await Open(db, stop);
        var taken = new List<Lease<JobRun>>();
        foreach (var run in open.Where(IsOurs).OrderBy(r => r.Slot).DistinctBy(r => r.Job))
            if (await Claim(db, run, now, stop) is { } lease)
                taken.Add(lease);
        await write.Commit(stop);
        foreach (var (job, slot) in due)
            _known[job] = slot;
        return taken;

        // Two runs of one job never overlap, on whatever processes.
        bool IsOurs(JobRun run) =>
            run.IsFree(now)
            && timetable.Entries.ContainsKey(run.Job)
            && !open.Exists(other => other.Job == run.Job && !other.IsFree(now));
    }

    /// <summary>
    /// Adds a run that is due at once; the process that looks next takes it. Null when the job waits or runs already.
    /// Call it inside a write of <paramref name="db"/>, and save and commit.
    /// </summary>
    public static async Task<JobRun?> Ask(EngineDb db, string job, DateTime now, CancellationToken stop)
    {
        await db.TakeTurn(Turn.Jobs, stop);
        if (await db.Set<JobRun>().AnyAsync(r => r.Job == job && (r.FinishedAt == null || r.Slot == now), stop))
            return null;
        return db.Set<JobRun>().Add(new() { Job = job, Slot = now }).Entity;
    }

    /// <summary>Writes the outcome; false when the claim was lost, and another process writes it instead.</summary>
    public Task<bool> Finish(Lease<JobRun> lease, string? error)
    {
        var now = clock.Instant();
        var outcome = error is null ? JobOutcome.Succeeded : JobOutcome.Failed;
        return lease.Finish(set => Ended(set, now, outcome, Short(error)));
    }

    // The times that have come and have no row yet. Of several that were missed only the last one runs, and none while
    // an earlier run is open.
    private List<(string Job, DateTime Slot)> Due(List<JobRun> open, DateTime now)
    {
        var due = new List<(string, DateTime)>();
        foreach (var (name, (job, cron)) in timetable.Entries)
        {
            if (open.Exists(r => r.Job == name))
                continue;
            var known = _known.GetValueOrDefault(name);
            if (cron.Last(now, known > now - job.LateMax ? now - known : job.LateMax) is { } slot && slot > known)
                due.Add((name, slot));
        }

        return due;
    }

    private static Task<List<JobRun>> Open(EngineDb db, CancellationToken stop) =>
        db.Set<JobRun>().AsNoTracking().Where(r => r.FinishedAt == null).ToListAsync(stop);

    private static async Task Enter(EngineDb db, string job, DateTime slot, DateTime now, CancellationToken stop)
    {
        if (await db.Set<JobRun>().AnyAsync(r => r.Job == job && r.Slot >= slot, stop))
            return;
        var run = new JobRun { Job = job, Slot = slot };
        // The job is new to this database: its last time came before the job existed here.
        if (!await db.Set<JobRun>().AnyAsync(r => r.Job == job, stop))
            (run.StartedAt, run.FinishedAt, run.Outcome) = (now, now, JobOutcome.Skipped);
        db.Set<JobRun>().Add(run);
    }

    private async Task<Lease<JobRun>?> Claim(EngineDb db, JobRun run, DateTime now, CancellationToken stop)
    {
        if (run.Lease >= JobRun.AttemptsMax)
        {
            const string nobody = "Every process that began it ended during the run.";
            await Unfinished(db, run.Id).ExecuteUpdateAsync(set => Ended(set, now, JobOutcome.Failed, nobody), stop);
            return null;
        }

        if (run.Lease > 0)
            Log.TakenOver(log, run.Job, run.Slot, run.Who);
        return await leases.Claim(
            db,
            each => Unfinished(each, run.Id),
            Leases.Length,
            stop,
            set => set.SetProperty(r => r.Who, Who).SetProperty(r => r.StartedAt, now)
        );
    }

    private static IQueryable<JobRun> Unfinished(EngineDb db, long id) =>
        db.Set<JobRun>().Where(r => r.Id == id && r.FinishedAt == null);

    private static void Ended(UpdateSettersBuilder<JobRun> set, DateTime at, JobOutcome outcome, string? error) =>
        set.SetProperty(r => r.FinishedAt, at).SetProperty(r => r.Outcome, outcome).SetProperty(r => r.Error, error);

    private static string? Short(string? error) =>
        error is null || error.Length <= JobRun.ErrorMaxLength ? error : error[..(JobRun.ErrorMaxLength - 1)] + "…";

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Job} of {Slot:o} is taken over: {Who} did not extend its lease")]
        public static partial void TakenOver(ILogger logger, string job, DateTime slot, string? who);
    }
}
