using MdcTts.Infrastructure.Events;

namespace MdcTts.Infrastructure.Live;

/// <summary>
/// How far the log has been read. On PostgreSQL a later id may be committed before an earlier one, so everything behind
/// <see cref="Settled"/> is read again,
/// each entry given out once, until no transaction runs that could still add one before it.
/// </summary>
public sealed class LiveCursor(long settled)
{
    /// <summary>
    /// None of our writes takes this long: a transaction that hangs for longer must not hold up the news.
    /// </summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly HashSet<long> _seen = [];
    private long _last;
    private (long Id, long Next, DateTime At)? _waiting;

    /// <summary>Nothing will appear any more at or before this id.</summary>
    public long Settled { get; private set; } = settled;

    /// <summary>The entries that were not seen before.</summary>
    public List<EventRow> Fresh(IReadOnlyList<EventRow> read) => [.. read.Where(e => !_seen.Contains(e.Id))];

    /// <summary>Ticks off what was read, once everybody heard of it.</summary>
    /// <param name="read">All after <see cref="Settled"/>, by id, read after the snapshot.</param>
    /// <param name="oldest">The oldest transaction that ran when the snapshot was taken.</param>
    /// <param name="next">The first transaction that had not begun then.</param>
    /// <param name="now">The time.</param>
    public void Advance(IReadOnlyList<EventRow> read, long oldest, long next, DateTime now)
    {
        _seen.UnionWith(read.Select(e => e.Id));
        if (_waiting is { } waiting && (oldest >= waiting.Next || now - waiting.At > Longest))
        {
            Settled = waiting.Id;
            _seen.RemoveWhere(id => id <= Settled);
            _waiting = null;
        }

        // One look later: an id is taken a moment before its transaction gets its own number.
        if (_waiting is null && _last > Settled)
            _waiting = (_last, next, now);
        if (read.Count > 0)
            _last = read[^1].Id;
    }
}
