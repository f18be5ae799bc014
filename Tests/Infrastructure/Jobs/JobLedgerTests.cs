using System.Collections.Concurrent;
using Coravel.Invocable;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MdcTts.Infrastructure.Jobs;

/// <summary>
/// Ledgers of several processes on one database, each with a clock of its own: a clock that stands still is a frozen
/// process.
/// </summary>
public sealed class JobLedgerTests(App app) : IClassFixture<App>
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_job_that_is_new_begins_with_its_next_time()
    {
        var (one, job) = Process();

        await one.Look();
        Assert.Equal([JobOutcome.Skipped], (await Runs(job)).Select(r => r.Outcome!.Value));

        one.Clock.Advance(TimeSpan.FromMinutes(1));
        await one.Look();
        Assert.Equal(1, one.Ran);
        Assert.Equal([JobOutcome.Skipped, JobOutcome.Succeeded], (await Runs(job)).Select(r => r.Outcome!.Value));
    }

    [Fact]
    public async Task Each_minute_runs_once_on_three_processes_though_one_is_killed_and_one_is_frozen_and_thawed()
    {
        var (one, job) = Process();
        var (two, three) = (Beside(one), Beside(one));
        await one.Look();
        var start = one.Clock.Instant();
        Task? frozen = null;
        for (var second = 0; second < 60 * 12; second++)
        {
            foreach (var process in new[] { one, two, three })
                if (!process.IsStopped)
                    process.Clock.Advance(Second);
            // Killed during a run: it neither extends nor ends.
            if (second == 125)
                (one.IsStopped, one.Holds) = (true, true);
            if (second == 119)
                one.Holds = true;
            // Frozen during a run, and thawed minutes later with an outcome in its hands.
            if (second == 299)
                two.Holds = true;
            if (two is { Holds: true, Held.Count: > 0, IsStopped: false } && frozen is null && second > 299)
                (two.IsStopped, frozen) = (true, two.Held.Single());
            if (second == 480 && frozen is not null)
            {
                two.Clock.Advance(TimeSpan.FromSeconds(480 - 300));
                (two.Holds, two.IsStopped) = (false, false);
                two.Release();
                await frozen;
            }

            foreach (var process in new[] { one, two, three })
                if (!process.IsStopped)
                    await process.Look();
        }

        var runs = (await Runs(job)).Where(r => r.Slot > start).ToList();
        Assert.Equal(
            Enumerable.Range(1, runs.Count).Select(minute => Cut(start).AddMinutes(minute)),
            runs.Select(r => r.Slot)
        );
        Assert.InRange(runs.Count, 11, 12);
        Assert.All(runs, r => Assert.Equal(JobOutcome.Succeeded, r.Outcome));
        Assert.NotNull(frozen);
        Assert.Contains(runs, r => r.Lease > 1);
        Assert.Equal(runs.Count, runs.Select(r => r.Slot).Distinct().Count());
        one.Release();
    }

    [Fact]
    public async Task Who_wakes_late_finds_its_token_cancelled_and_writes_no_outcome()
    {
        var (one, job) = Process();
        var two = Beside(one);
        await one.Look();
        foreach (var process in new[] { one, two })
            process.Clock.Advance(TimeSpan.FromMinutes(1));
        one.Holds = true;
        await one.Look();
        var late = Assert.Single(one.Held);

        two.Clock.Advance(Leases.Length + Second);
        await two.Look();
        one.Clock.Advance(Leases.Length + Second);
        await late;

        Assert.True(one.WasCancelled);
        var run = (await Runs(job))[^1];
        Assert.Equal((JobOutcome.Succeeded, 2, two.Ledger.Who), (run.Outcome, run.Lease, run.Who));
    }

    [Fact]
    public async Task Times_missed_while_everything_was_down_run_once_and_not_when_too_late()
    {
        var (one, job) = Process("0 * * * *");
        await one.Look();

        var two = Beside(one, "0 * * * *");
        two.Clock.Advance(TimeSpan.FromHours(5));
        await two.Look();
        await two.Look();
        Assert.Equal(1, two.Ran);

        var (old, rare) = Process("0 0 1 1 *");
        await app.Db(async db =>
        {
            db.JobRuns.Add(
                new()
                {
                    Job = rare,
                    Slot = app.Now.AddYears(-1),
                    FinishedAt = app.Now.AddYears(-1),
                    Outcome = JobOutcome.Succeeded,
                }
            );
            return await db.SaveChangesAsync();
        });
        await old.Look();
        Assert.Equal(0, old.Ran);
    }

    [Fact]
    public async Task A_run_that_fails_says_why_and_one_that_nobody_survives_is_given_up()
    {
        var (one, job) = Process();
        one.Fails = true;
        await one.Look();
        one.Clock.Advance(TimeSpan.FromMinutes(1));
        await one.Look();
        var failed = (await Runs(job))[^1];
        Assert.Equal((JobOutcome.Failed, "InvalidDataException: No good"), (failed.Outcome, failed.Error?[..29]));
        Assert.Equal(JobRun.ErrorMaxLength, failed.Error!.Length);

        await app.Db(db =>
            db.JobRuns.Where(r => r.Id == failed.Id)
                .ExecuteUpdateAsync(set =>
                    set.SetProperty(r => r.FinishedAt, (DateTime?)null)
                        .SetProperty(r => r.Outcome, (JobOutcome?)null)
                        .SetProperty(r => r.Lease, JobRun.AttemptsMax)
                )
        );
        await one.Look();
        var given = (await Runs(job))[^1];
        Assert.Equal((JobOutcome.Failed, JobRun.AttemptsMax, 1), (given.Outcome, given.Lease, one.Ran));
    }

    [Fact]
    public async Task Old_runs_are_forgotten()
    {
        await app.Db(async db =>
        {
            db.JobRuns.Add(
                new()
                {
                    Job = "Old",
                    Slot = app.Now.AddDays(-46),
                    FinishedAt = app.Now.AddDays(-46),
                }
            );
            db.JobRuns.Add(
                new()
                {
                    Job = "Old",
                    Slot = app.Now.AddDays(-44),
                    FinishedAt = app.Now.AddDays(-44),
                }
            );
            return await db.SaveChangesAsync();
        });

        await app.With<PurgeJobRuns>(job => job.Invoke());

        Assert.Equal(app.Now.AddDays(-44), Assert.Single(await Runs("Old")).Slot);
    }

    private static DateTime Cut(DateTime at) => at.AddTicks(-(at.Ticks % TimeSpan.TicksPerMinute));

    private Task<List<JobRun>> Runs(string job) =>
        app.Db(db => db.JobRuns.AsNoTracking().Where(r => r.Job == job).OrderBy(r => r.Slot).ToListAsync());

    // Every test has a job of its own, for the database is the class's.
    private (Worker, string Job) Process(string cron = "* * * * *")
    {
        var job = "Probe" + Guid.NewGuid().ToString("N")[..8];
        return (new(app, job, cron, app.Clock.GetUtcNow()), job);
    }

    private Worker Beside(Worker other, string cron = "* * * * *") =>
        new(app, other.Job, cron, other.Clock.GetUtcNow());

    /// <summary>What a process has of jobs: a ledger, a clock, and one job whose run a test may hold.</summary>
    private sealed class Worker(App app, string job, string cron, DateTimeOffset now)
    {
        private readonly ConcurrentBag<TaskCompletionSource> _held = [];
        private JobLedger? _ledger;

        public string Job => job;

        public FakeTimeProvider Clock { get; } = new(now);

        public JobLedger Ledger =>
            _ledger ??= new(
                app.Services.GetRequiredService<IServiceScopeFactory>(),
                new(app.Services.GetRequiredService<IServiceScopeFactory>(), Clock, NullLogger<Leases>.Instance),
                new Timetable(
                    [new(typeof(IInvocable), cron, TimeSpan.FromDays(1)) { Name = job }],
                    new ConfigurationBuilder().Build()
                ),
                Clock,
                NullLogger<JobLedger>.Instance
            );

        public bool IsStopped { get; set; }

        public bool Holds { get; set; }

        public bool Fails { get; set; }

        public bool WasCancelled { get; private set; }

        public int Ran { get; private set; }

        public List<Task> Held { get; } = [];

        public void Release()
        {
            foreach (var held in _held)
                held.TrySetResult();
        }

        public async Task Look()
        {
            foreach (var lease in await Ledger.Take(CancellationToken.None))
            {
                Ran++;
                var task = RunJob.Handle(lease, Ledger, NullLogger.Instance, Invoke, CancellationToken.None);
                if (Holds)
                    Held.Add(task);
                else
                    await task;
            }
        }

        private async Task Invoke(CancellationToken stop)
        {
            if (Fails)
                throw new InvalidDataException("No good" + new string('!', 1000));
            if (!Holds)
                return;
            var held = new TaskCompletionSource();
            _held.Add(held);
            try
            {
                await held.Task.WaitAsync(stop);
            }
            catch (OperationCanceledException)
            {
                WasCancelled = true;
                throw;
            }
        }
    }
}
