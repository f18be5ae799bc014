using MdcTts.Infrastructure.Database;

namespace MdcTts.Infrastructure.Jobs;

/// <summary>Work whose rows outlive the process.</summary>
/// <param name="Name">For the log.</param>
/// <param name="Free">Run once at the start of the only process there can be (SQLite): nobody else is at work, whatever the rows say.</param>
/// <param name="Find">Ids of rows to be worked on that nobody has.</param>
/// <param name="Enqueue">Queues one of them.</param>
public sealed record UnfinishedWork(
    string Name, Func<AppDb, CancellationToken, Task> Free, Func<AppDb, DateTime, CancellationToken, Task<List<int>>> Find, Action<Jobs, int> Enqueue);

/// <summary>Asks the rows what is left to do: at the start, and every few seconds as the floor under a queue that forgets.</summary>
public sealed partial class RequeueUnfinished(IServiceScopeFactory scopes, IEnumerable<UnfinishedWork> kinds, Jobs jobs, TimeProvider clock, ILogger<RequeueUnfinished> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var work in kinds) await Guarded(work, Free, stoppingToken);
        using var timer = new PeriodicTimer(Pause);
        do
        {
            foreach (var work in kinds) await Guarded(work, Look, stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private static async Task Free(UnfinishedWork work, AppDb db, CancellationToken stop)
    {
        if (db.IsSqlite) await work.Free(db, stop);
    }

    private async Task Look(UnfinishedWork work, AppDb db, CancellationToken stop)
    {
        foreach (var id in await work.Find(db, Text.Clock.Instant(clock), stop)) work.Enqueue(jobs, id);
    }

    // A database that is away for a moment must not end the floor for good.
    private async Task Guarded(UnfinishedWork work, Func<UnfinishedWork, AppDb, CancellationToken, Task> step, CancellationToken stop)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await step(work, scope.ServiceProvider.GetRequiredService<AppDb>(), stop);
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            Log.NotAsked(log, failed, work.Name);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Could not look for unfinished {Work}")]
        public static partial void NotAsked(ILogger logger, Exception exception, string work);
    }
}
