using System.Collections.Concurrent;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Events;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Infrastructure.Live;

/// <summary>
/// Reads new events and tells the open streams of this process. Every change writes its event in its own database
/// transaction, so no change is missing, every replica reads the same, and an id says where a stream goes on.
/// </summary>
public sealed partial class LiveFeed(
    IServiceScopeFactory scopes,
    EventSignal signal,
    IEnumerable<ReadLiveNews> readers,
    IEnumerable<WatchRows> watchers,
    FindEndedStreams findEnded,
    LiveMarks marks,
    AppSettings settings,
    TimeProvider clock,
    IConfiguration configuration,
    ILogger<LiveFeed> log
) : BackgroundService
{
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    private const int ReadMax = 5_000;

    /// <summary>Events that may be under way when the process starts: they are read again.</summary>
    private const int UnderWay = 500;

    private const int StreamsOfOnePersonMax = 8;

    /// <summary>Without a signal, the next look comes after this.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Several writes in a row are one look.</summary>
    private static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(50);

    private readonly int _streamsMax = configuration.GetValue("Live:StreamsMax", 2_000);
    private readonly ConcurrentDictionary<LiveStream, byte> _streams = new();
    private readonly EventSignal.Subscription _wake = signal.Subscribe();
    private LiveCursor? _cursor;

    /// <summary>
    /// All that was written up to here is on a page that is read from now on. A page says it to its stream, which then
    /// misses nothing in between.
    /// </summary>
    public string Mark => marks.Seal(Volatile.Read(ref _cursor)?.Settled ?? 0);

    /// <summary>The place that a mark stands for; null for what is no mark of ours.</summary>
    public long? PlaceOf(string? mark) => marks.Open(mark);

    /// <summary>Open streams.</summary>
    public int Streams => _streams.Count;

    /// <summary>
    /// A stream that hears of everything from now on; null when this process or the person has too many.
    /// </summary>
    public LiveStream? Open(CurrentUser user, IReadOnlySet<string> topics)
    {
        if (_streams.Count >= _streamsMax || _streams.Keys.Count(s => s.User.Id == user.Id) >= StreamsOfOnePersonMax)
            return null;
        var stream = new LiveStream(user, topics);
        _streams[stream] = 0;
        return stream;
    }

    public void Close(LiveStream stream) => _streams.TryRemove(stream, out _);

    /// <summary>What happened after a mark, for one stream; null when that is too much to tell.</summary>
    public async Task<string?> Since(
        long after,
        int max,
        LiveStream stream,
        IServiceProvider services,
        CancellationToken stop
    )
    {
        var missed = await After(services.GetRequiredService<EngineDb>(), after).Take(max + 1).ToListAsync(stop);
        if (missed.Count > max)
            return null;
        var frames = "";
        foreach (var reader in readers)
            frames += (await reader(missed, Mark, services, stop))(stream);
        return frames;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // A process that serves no pages has nobody to tell.
        if (settings.Jobs == JobsRole.Only)
            return;
        var called = clock.GetTimestamp();
        while (!stoppingToken.IsCancellationRequested)
        {
            await Guarded(Look, stoppingToken);
            if (clock.GetElapsedTime(called) >= Heartbeat)
            {
                called = clock.GetTimestamp();
                await Guarded(Beat, stoppingToken);
            }

            await Task.Delay(Burst, stoppingToken);
            await _wake.Wait(Pause, clock, stoppingToken);
        }
    }

    private static IQueryable<EventRow> After(EngineDb db, long id) =>
        db.Set<EventRow>().AsNoTracking().Where(e => e.Id > id).OrderBy(e => e.Id);

    private async Task Look(IServiceProvider services, CancellationToken stop)
    {
        var db = services.GetRequiredService<EngineDb>();
        var last = _cursor is null ? await db.Set<EventRow>().MaxAsync(e => (long?)e.Id, stop) ?? 0 : 0;
        var cursor = _cursor ?? new(Math.Max(0, last - UnderWay));
        var writers = await db.Writers(stop);
        var read = await After(db, cursor.Settled).Take(ReadMax).ToListAsync(stop);
        // Told first and ticked off then: a look that fails between is made again, and nobody misses anything.
        await Tell(cursor.Fresh(read), marks.Seal(cursor.Settled), services, stop);
        cursor.Advance(read, writers.Oldest, writers.Next, clock.Instant());
        Volatile.Write(ref _cursor, cursor);
        if (_streams.IsEmpty)
            return;
        foreach (var watch in watchers)
            await watch([.. _streams.Keys], marks.Seal(cursor.Settled), services, stop);
    }

    private async Task Tell(List<EventRow> fresh, string mark, IServiceProvider services, CancellationToken stop)
    {
        if (_streams.IsEmpty || !fresh.Exists(e => e.Effect != PageEffect.None))
            return;
        var frames = new List<Func<LiveStream, string>>();
        foreach (var reader in readers)
            frames.Add(await reader(fresh, mark, services, stop));
        foreach (var stream in _streams.Keys)
            frames.ForEach(frame => stream.Offer(frame(stream)));
    }

    /// <summary>A heartbeat to every stream whose person may still hear it; the end to the others.</summary>
    private async Task Beat(IServiceProvider services, CancellationToken stop)
    {
        if (_streams.IsEmpty)
            return;
        var streams = _streams.Keys.ToList();
        var ended = (await findEnded(streams, services, stop)).ToHashSet();
        var beat = LiveFrame.Of("beat", Mark);
        foreach (var stream in streams)
        {
            if (ended.Contains(stream))
                stream.End();
            else
                stream.Offer(beat);
        }
    }

    // A database that is away for a moment must not end the news for good.
    private async Task Guarded(Func<IServiceProvider, CancellationToken, Task> step, CancellationToken stop)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await step(scope.ServiceProvider, stop);
        }
        catch (Exception failed) when (!stop.IsCancellationRequested)
        {
            Log.NotRead(log, failed);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Could not read what changed; trying again")]
        public static partial void NotRead(ILogger logger, Exception exception);
    }
}
