using System.Diagnostics;
using MdcTts.Infrastructure.Metrics;

namespace MdcTts.Infrastructure.Jobs;

/// <summary>Does a run that was claimed, holds the claim meanwhile, and writes how the run ended.</summary>
internal static partial class RunJob
{
    /// <param name="claimed">The run; its claim ends here.</param>
    /// <param name="ledger">Where its outcome goes.</param>
    /// <param name="log">Records the outcome.</param>
    /// <param name="invoke">The work; its token is cancelled when the claim is lost.</param>
    /// <param name="ending">Cancelled when the process must end: the run is left to others.</param>
    public static async Task Handle(
        Lease<JobRun> claimed,
        JobLedger ledger,
        ILogger log,
        Func<CancellationToken, Task> invoke,
        CancellationToken ending
    )
    {
        await using var lease = claimed;
        var run = lease.Row;
        // The run is the request of everything it writes and logs.
        using var trace = Counters.Trace("job " + run.Job);
        using var about = log.BeginScope(
            new Dictionary<string, object>(StringComparer.Ordinal) { ["Job"] = run.Job, ["JobRun"] = run.Id }
        );
        lease.Hold(ending);
        var watch = Stopwatch.StartNew();
        try
        {
            await invoke(lease.Stop);
            await Write(() => ledger.Finish(lease, error: null), "succeeded");
        }
        catch (OperationCanceledException) when (lease.Stop.IsCancellationRequested)
        {
            await Write(lease.GiveBack, "cancelled");
        }
        catch (Exception failed)
        {
            Log.Failed(log, failed, run.Job, run.Slot);
            await Write(() => ledger.Finish(lease, $"{failed.GetType().Name}: {failed.Message}"), "failed");
        }

        async Task Write(Func<Task<bool>> write, string outcome)
        {
            try
            {
                if (!await write())
                    outcome = "lost";
                if (outcome != "cancelled")
                    Counters.JobRun(run.Job, outcome, watch.Elapsed);
                Log.Ended(log, run.Job, run.Slot, outcome, watch.Elapsed.TotalMilliseconds);
            }
            catch (Exception failed)
            {
                // The claim expires, and then another process does it again.
                Log.NotWritten(log, failed, run.Job, run.Slot, outcome);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Job} of {Slot:o} {Outcome} after {Elapsed:0} ms")]
        public static partial void Ended(ILogger logger, string job, DateTime slot, string outcome, double elapsed);

        [LoggerMessage(2, LogLevel.Error, "{Job} of {Slot:o} failed")]
        public static partial void Failed(ILogger logger, Exception exception, string job, DateTime slot);

        [LoggerMessage(3, LogLevel.Warning, "{Job} of {Slot:o} {Outcome}, but that could not be written")]
        public static partial void NotWritten(
            ILogger logger,
            Exception exception,
            string job,
            DateTime slot,
            string outcome
        );
    }
}
