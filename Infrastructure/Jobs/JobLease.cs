namespace MdcTts.Infrastructure.Jobs;

/// <summary>The right to a run, extended as long as the process lives. A process that was frozen, or cannot reach the database, for longer than a lease finds its token cancelled.</summary>
internal sealed partial class JobLease : IAsyncDisposable
{
    private static readonly TimeSpan ExtendEvery = JobLedger.LeaseLength / 3;

    private readonly JobRun _run;
    private readonly JobLedger _ledger;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _lost;
    private readonly CancellationTokenSource _either;
    private readonly CancellationTokenSource _done = new();
    private readonly Task _extending;

    public JobLease(JobRun run, JobLedger ledger, TimeProvider clock, ILogger log, CancellationToken ending)
    {
        (_run, _ledger, _clock, _log) = (run, ledger, clock, log);
        _lost = new(JobLedger.LeaseLength, clock);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_lost.Token, ending);
        _extending = KeepExtending();
    }

    /// <summary>Cancelled when the lease is lost or the process must end.</summary>
    public CancellationToken Token => _either.Token;

    public async ValueTask DisposeAsync()
    {
        await _done.CancelAsync();
        await _extending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _done.Dispose();
        _either.Dispose();
        _lost.Dispose();
    }

    private async Task KeepExtending()
    {
        while (true)
        {
            await Task.Delay(ExtendEvery, _clock, _done.Token);
            try
            {
                if (!await _ledger.Extend(_run, _done.Token))
                {
                    await _lost.CancelAsync();
                    return;
                }

                _lost.CancelAfter(JobLedger.LeaseLength);
            }
            catch (Exception failed) when (!_done.IsCancellationRequested)
            {
                // Not extended is not lost yet: the lease is a little longer than this.
                Log.NotExtended(_log, failed, _run.Job);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The lease of {Job} was not extended")]
        public static partial void NotExtended(ILogger logger, Exception exception, string job);
    }
}
