using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Saudi;

namespace MdcTts.Infrastructure.Jobs;

/// <summary>Work whose rows outlive the process.</summary>
/// <param name="Name">For the log.</param>
/// <param name="Find">Ids of rows to be worked on that nobody has.</param>
/// <param name="Enqueue">Queues one of them.</param>
public sealed record UnfinishedWork(
    string Name,
    Func<EngineDb, DateTime, CancellationToken, Task<List<int>>> Find,
    Action<Jobs, int> Enqueue
);

/// <summary>
/// Asks the rows what is left to do, at the start and every few seconds: the queue is in memory and forgets.
/// </summary>
public sealed class RequeueUnfinished(
    IServiceScopeFactory scopes,
    IEnumerable<UnfinishedWork> kinds,
    Jobs jobs,
    TimeProvider clock,
    AppSettings settings,
    ILogger<RequeueUnfinished> log
) : RepeatedWork(scopes, TimeSpan.FromSeconds(3), TimeProvider.System, settings, log)
{
    protected override async Task Round(IServiceProvider services, CancellationToken stop)
    {
        var db = services.GetRequiredService<EngineDb>();
        foreach (var work in kinds)
        foreach (var id in await work.Find(db, clock.Instant(), stop))
            work.Enqueue(jobs, id);
    }
}
