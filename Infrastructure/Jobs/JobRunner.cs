using System.Collections.Concurrent;
using Coravel.Invocable;
using MdcTts.Infrastructure.Configuration;

namespace MdcTts.Infrastructure.Jobs;

/// <summary>
/// Coravel's scheduler looks every second for what has come due, and this runs it; <c>Jobs:Scheduled</c> set to false
/// leaves that to other processes. A process that is told to stop takes nothing more. What is running has 20 seconds to
/// finish; then it is cancelled and left to other processes.
/// </summary>
public sealed class JobRunner(
    IServiceScopeFactory scopes,
    JobLedger ledger,
    Timetable timetable,
    AppSettings settings,
    IConfiguration configuration,
    ILogger<JobRunner> log
) : BackgroundWork(scopes, settings, log)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(20);

    private readonly IServiceScopeFactory _scopes = scopes;
    private readonly ConcurrentDictionary<long, Task> _running = new();

    // Never disposed: a look may be under way when the process is, and a host may be stopped twice.
    private readonly CancellationTokenSource _ending = new();
    private CancellationToken _stopping;

    protected override bool IsWanted => configuration.GetValue("Jobs:Scheduled", true);

    /// <summary>Whether this process looks by itself.</summary>
    public bool RunsByTheClock => IsOurs;

    /// <summary>One look, asked for by the scheduler.</summary>
    public Task Look() => IsOurs && !_stopping.IsCancellationRequested ? Guarded(_stopping) : Task.CompletedTask;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        _ending.CancelAfter(Grace);
        await Task.WhenAll(_running.Values)
            .WaitAsync(cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // No loop of its own: the scheduler has one.
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _stopping = stoppingToken;
        return Task.CompletedTask;
    }

    protected override async Task Round(IServiceProvider services, CancellationToken stop)
    {
        foreach (var lease in await ledger.Take(stop))
        {
            var task = Task.Run(
                () => RunJob.Handle(lease, ledger, log, end => Invoke(lease.Row, end), _ending.Token),
                CancellationToken.None
            );
            _running[lease.Row.Id] = task;
            _ = task.ContinueWith(_ => _running.TryRemove(lease.Row.Id, out var _), TaskScheduler.Default);
        }
    }

    private async Task Invoke(JobRun run, CancellationToken stop)
    {
        await using var scope = _scopes.CreateAsyncScope();
        var job = (IInvocable)scope.ServiceProvider.GetRequiredService(timetable.Entries[run.Job].Job.Job);
        if (job is ICancellableInvocable cancellable)
            cancellable.CancellationToken = stop;
        await job.Invoke();
    }
}
