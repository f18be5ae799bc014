using System.Collections.Concurrent;
using System.Diagnostics;
using Coravel.Invocable;

namespace MdcTts.Infrastructure.Jobs;

/// <summary>Looks every second what has come due and runs it. When the process is told to stop, it takes nothing more, and what runs has 20 seconds to finish before it is cancelled and left to others.</summary>
public sealed partial class JobRunner(IServiceScopeFactory scopes, JobLedger ledger, Timetable timetable, TimeProvider clock, AppSettings settings, IConfiguration configuration, ILogger<JobRunner> log)
    : RepeatedWork(scopes, Pause, TimeProvider.System, settings, log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(20);

    private readonly IServiceScopeFactory _scopes = scopes;
    private readonly ConcurrentDictionary<long, Task> _running = new();
    private readonly CancellationTokenSource _ending = new();

    protected override bool IsWanted => configuration.GetValue("Jobs:Scheduled", true);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        _ending.CancelAfter(Grace);
        await Task.WhenAll(_running.Values).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public override void Dispose()
    {
        _ending.Dispose();
        base.Dispose();
    }

    /// <summary>Runs everything that is due and answers when it has ended; for tests and the command line.</summary>
    public async Task RunDue(CancellationToken stop)
    {
        foreach (var run in await ledger.Take(stop)) await Run(run);
    }

    protected override async Task Round(IServiceProvider services, CancellationToken stop)
    {
        foreach (var run in await ledger.Take(stop))
        {
            var task = Task.Run(() => Run(run), CancellationToken.None);
            _running[run.Id] = task;
            _ = task.ContinueWith(_ => _running.TryRemove(run.Id, out var _), TaskScheduler.Default);
        }
    }

    private async Task Run(JobRun run)
    {
        // The run is the request of everything it writes and logs.
        using var trace = new Activity("job " + run.Job).Start();
        using var about = log.BeginScope(new Dictionary<string, object>(StringComparer.Ordinal) { ["Job"] = run.Job, ["JobRun"] = run.Id });
        await using var lease = new JobLease(run, ledger, clock, log, _ending.Token);
        var watch = Stopwatch.StartNew();
        string? error = null;
        try
        {
            await using var scope = _scopes.CreateAsyncScope();
            var job = (IInvocable)scope.ServiceProvider.GetRequiredService(timetable.Entries[run.Job].Job.Job);
            if (job is ICancellableInvocable cancellable) cancellable.CancellationToken = lease.Token;
            await job.Invoke();
        }
        catch (OperationCanceledException) when (lease.Token.IsCancellationRequested)
        {
            if (!lease.IsLost) await GiveBack(run);
            Log.Cancelled(log, run.Job, run.Slot);
            return;
        }
        catch (Exception failed)
        {
            error = $"{failed.GetType().Name}: {failed.Message}";
            Log.Failed(log, failed, run.Job, run.Slot);
        }

        await Finish(run, error, watch.Elapsed);
    }

    private async Task Finish(JobRun run, string? error, TimeSpan took)
    {
        try
        {
            if (await ledger.Finish(run, error)) Log.Done(log, run.Job, run.Slot, error is null ? "succeeded" : "failed", took.TotalMilliseconds);
            else Log.Late(log, run.Job, run.Slot);
        }
        catch (Exception failed)
        {
            // Its lease runs out, and then it is run again.
            Log.NotWritten(log, failed, run.Job, run.Slot);
        }
    }

    private async Task GiveBack(JobRun run)
    {
        try
        {
            await ledger.GiveBack(run);
        }
        catch (Exception failed)
        {
            Log.NotWritten(log, failed, run.Job, run.Slot);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Job} of {Slot:o} {Outcome} in {Elapsed:0} ms")]
        public static partial void Done(ILogger logger, string job, DateTime slot, string outcome, double elapsed);

        [LoggerMessage(2, LogLevel.Error, "{Job} of {Slot:o} failed")]
        public static partial void Failed(ILogger logger, Exception exception, string job, DateTime slot);

        [LoggerMessage(3, LogLevel.Warning, "{Job} of {Slot:o} ended after its lease was lost: its outcome is not written")]
        public static partial void Late(ILogger logger, string job, DateTime slot);

        [LoggerMessage(4, LogLevel.Warning, "{Job} of {Slot:o} was cancelled and is left to another process")]
        public static partial void Cancelled(ILogger logger, string job, DateTime slot);

        [LoggerMessage(5, LogLevel.Warning, "The outcome of {Job} of {Slot:o} could not be written")]
        public static partial void NotWritten(ILogger logger, Exception exception, string job, DateTime slot);
    }
}
