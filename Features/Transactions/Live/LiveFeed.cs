using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.Channels;
using MdcTts.Features.Accounts;
using MdcTts.Features.Settings;
using MdcTts.Features.Transactions.Imports;
using MdcTts.Infrastructure;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Live;

/// <summary>
/// Follows the audit log and tells the open streams of this process. Every change writes its entry there in its own database transaction, so the log is the one list that
/// no event is missing from, every replica reads the same, and an id in it says where a stream goes on.
/// </summary>
public sealed partial class LiveFeed(
    IServiceScopeFactory scopes,
    AppSettings settings,
    TimeProvider clock,
    IConfiguration configuration,
    ILogger<LiveFeed> log
) : BackgroundService
{
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    private const int ReadMost = 5_000;

    /// <summary>Entries that may be under way when the process starts: they are read again.</summary>
    private const int UnderWay = 500;

    private const int StreamsOfOne = 8;

    /// <summary>The floor under every signal.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>A burst of writes is one look.</summary>
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(50);

    private readonly int _streamsMost = configuration.GetValue("Live:StreamsMost", 2_000);
    private readonly ConcurrentDictionary<LiveStream, byte> _streams = new();
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );
    private Dictionary<int, (ImportStatus, int)> _imports = [];
    private LiveCursor? _cursor;

    /// <summary>All that was written up to here is on a page that is read from now on. A page says it to its stream, which then misses nothing in between.</summary>
    public long Mark => Volatile.Read(ref _cursor)?.Settled ?? 0;

    /// <summary>Open streams.</summary>
    public int Streams => _streams.Count;

    /// <summary>Something was written: look now. Without it news takes a second.</summary>
    public void Wake() => _signal.Writer.TryWrite(true);

    /// <summary>A stream that hears of everything from now on; null when this process or the person has too many.</summary>
    public LiveStream? Open(CurrentUser user, LiveTopics topics)
    {
        if (_streams.Count >= _streamsMost || _streams.Keys.Count(s => s.User.Id == user.Id) >= StreamsOfOne)
            return null;
        var stream = new LiveStream(user, topics);
        _streams[stream] = 0;
        return stream;
    }

    public void Close(LiveStream stream) => _streams.TryRemove(stream, out _);

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
                await Guarded(CallRoll, stoppingToken);
            }

            await Wait(stoppingToken);
        }
    }

    private async Task Wait(CancellationToken stop)
    {
        await Task.Delay(Least, stop);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Task.WhenAny(
            _signal.Reader.WaitToReadAsync(either.Token).AsTask(),
            Task.Delay(Pause, clock, either.Token)
        );
        await either.CancelAsync();
        _signal.Reader.TryRead(out _);
    }

    private async Task Look(IServiceProvider given, CancellationToken stop)
    {
        var db = given.GetRequiredService<AppDb>();
        var cursor = _cursor ?? new(Math.Max(0, (await db.Audit.MaxAsync(e => (long?)e.Id, stop) ?? 0) - UnderWay));
        var (oldest, next) = Horizon(await db.DataMark(stop));
        var read = await LiveEvent.After(db.Audit, cursor.Settled).Take(ReadMost).ToListAsync(stop);
        var fresh = cursor.Advance(read, oldest, next, clock.Instant());
        Volatile.Write(ref _cursor, cursor);
        if (_streams.IsEmpty)
            return;
        if (fresh.Count > 0)
        {
            var news = await LiveNews.Read(fresh, given, stop);
            foreach (var stream in _streams.Keys)
                stream.Offer(news.For(stream, cursor.Settled));
        }

        await LookAtImports(db, stop);
    }

    // Not in the log: the progress of an import is told by its row alone.
    private async Task LookAtImports(AppDb db, CancellationToken stop)
    {
        var watching = _streams.Keys.Where(s => s.Topics.Import is not null).ToList();
        if (watching.Count == 0)
            return;
        var ids = watching.Select(s => s.Topics.Import!.Value).Distinct().ToList();
        var now = await db
            .Imports.Where(i => ids.Contains(i.Id))
            .ToDictionaryAsync(i => i.Id, i => (i.Status, i.Processed), stop);
        foreach (var stream in watching)
        {
            var id = stream.Topics.Import!.Value;
            if (now.TryGetValue(id, out var state) && (!_imports.TryGetValue(id, out var before) || before != state))
                stream.Offer(LiveNews.Frame("import", Mark));
        }

        _imports = now;
    }

    /// <summary>A heartbeat to every stream whose session still holds, with the role and client it began with; the end to the others.</summary>
    private async Task CallRoll(IServiceProvider given, CancellationToken stop)
    {
        if (_streams.IsEmpty)
            return;
        var streams = _streams.Keys.ToList();
        var sessions = streams.Select(s => s.User.SessionId).OfType<Guid>().Distinct().ToList();
        var rules = await given.GetRequiredService<CurrentSettings>().Get(stop);
        var alive = await given
            .GetRequiredService<AppDb>()
            .Sessions.Where(s => sessions.Contains(s.Id))
            .Alive(rules, clock.Instant())
            .Select(s => new
            {
                s.Id,
                s.User.Role,
                s.User.ClientId,
            })
            .ToDictionaryAsync(s => s.Id, s => (s.Role, s.ClientId), stop);
        foreach (var stream in streams)
        {
            if (
                stream.User.SessionId is { } id
                && alive.TryGetValue(id, out var now)
                && now == (stream.User.Role, stream.User.ClientId)
            )
                stream.Offer(LiveNews.Frame("beat", Mark));
            else
                stream.End();
        }
    }

    // PostgreSQL's snapshot says "oldest:next:running"; SQLite has one writer, whose ids come in order.
    private static (long Oldest, long Next) Horizon(string mark) =>
        mark.Split(':') is [var oldest, var next, ..]
            ? (long.Parse(oldest, CultureInfo.InvariantCulture), long.Parse(next, CultureInfo.InvariantCulture))
            : (long.MaxValue, 0);

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
