using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Health;
using MdcTts.Infrastructure.Jobs;
using MdcTts.Infrastructure.Metrics;
using MdcTts.Infrastructure.Saudi;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Infrastructure.Events;

/// <summary>
/// Gives new events to the features that follow them. One process at a time does so, under a lease; the rows that the
/// features add and the mark on the events are one database transaction.
/// </summary>
public sealed partial class FollowEvents(
    EngineDb db,
    Leases leases,
    IEnumerable<EventFollowing> followings,
    IServiceProvider services,
    TimeProvider clock,
    ILogger<FollowEvents> log
)
{
    public const int BatchMax = 200;

    /// <summary>An event that failed this often is left alone, and <c>/health</c> says so.</summary>
    public const int FailuresMax = 10;

    private static readonly TimeSpan Tolerated = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Events that have waited for five minutes say that nobody follows them, or that following them fails.
    /// </summary>
    public static HealthCheck Check { get; } =
        new(
            "events",
            async (services, stop) =>
            {
                var before = services.GetRequiredService<TimeProvider>().Instant() - Tolerated;
                var waiting = await services
                    .GetRequiredService<EngineDb>()
                    .Set<EventRow>()
                    .CountAsync(e => e.FollowedAt == null && e.At < before, stop);
                return waiting == 0 ? null : $"{waiting} event(s) not followed for more than 5 minutes";
            }
        );

    /// <summary>What waits to be followed.</summary>
    public static Gauge Waiting { get; } =
        Gauge.Queue<EngineDb>(
            "events",
            (db, _) => db.Set<EventRow>().Where(e => e.FollowedAt == null).Select(e => e.At)
        );

    /// <summary>Follows whatever waits; answers how many events there were.</summary>
    public async Task<int> Handle(CancellationToken stop)
    {
        // A claim is a write: nobody makes one to find out that there is nothing.
        if (!await Unfollowed().AnyAsync(stop))
            return 0;
        await using var lease = await leases.Claim("events", stop);
        if (lease is null)
            return 0;

        var followed = 0;
        while (true)
        {
            db.ChangeTracker.Clear();
            var batch = await Unfollowed().AsNoTracking().OrderBy(e => e.Id).Take(BatchMax).ToListAsync(stop);
            if (batch.Count == 0 || !await Follow(lease, batch, stop))
                return followed;
            followed += batch.Count;
        }
    }

    private IQueryable<EventRow> Unfollowed() =>
        db.Set<EventRow>().Where(e => e.FollowedAt == null && e.Failures < FailuresMax);

    /// <summary>All of a batch at once; where that fails, one by one, so that a bad event holds up no other.</summary>
    /// <returns>False when the lease was lost.</returns>
    private async Task<bool> Follow(Lease<NamedLease> lease, List<EventRow> batch, CancellationToken stop)
    {
        try
        {
            return await lease.Write(db, () => Tell(batch, stop), stop);
        }
        catch (Exception failed) when (!stop.IsCancellationRequested)
        {
            db.ChangeTracker.Clear();
            if (batch.Count > 1)
            {
                foreach (var one in batch)
                    if (!await Follow(lease, [one], stop))
                        return false;
                return true;
            }

            Log.Failed(log, failed, batch[0].Id, batch[0].Kind, batch[0].Failures + 1);
            return await lease.Write(db, () => Fail(batch[0].Id, stop), stop);
        }
    }

    private async Task Tell(IReadOnlyList<EventRow> batch, CancellationToken stop)
    {
        foreach (var following in followings)
        {
            var theirs = batch.Where(e => e.Kind.StartsWith(following.Prefix, StringComparison.Ordinal)).ToList();
            if (theirs.Count > 0)
                await following.Follow(theirs, services, stop);
        }

        var (ids, now) = (batch.Select(e => e.Id).ToList(), clock.Instant());
        await db.SaveChangesAsync(stop);
        await db.Set<EventRow>()
            .Where(e => EF.Parameter(ids).Contains(e.Id))
            .ExecuteUpdateAsync(set => set.SetProperty(e => e.FollowedAt, now), stop);
    }

    private Task<int> Fail(long id, CancellationToken stop) =>
        db.Set<EventRow>()
            .Where(e => e.Id == id)
            .ExecuteUpdateAsync(set => set.SetProperty(e => e.Failures, e => e.Failures + 1), stop);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Event {Id} ({Kind}) could not be followed, attempt {Attempt}")]
        public static partial void Failed(ILogger logger, Exception exception, long id, string kind, int attempt);
    }
}
