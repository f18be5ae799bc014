using System.Collections.Concurrent;

namespace MdcTts.Infrastructure.Database;

/// <summary>
/// Counts over many rows, and the rows of a list's first page, remembered together with the <see cref="DataMark"/> they
/// were read under and given again only while the mark stands. One of these serves one request. So what a screen shows
/// is always the answer of a query on the present data, and a page of a quiet register does not count 100,000 rows
/// again.
/// </summary>
/// <remarks>
/// Each process counts for itself, also with Redis: of the counts of two replicas under people who write now and then
/// one in eight would have been found with the other one, at the price of asking for all of them.
/// </remarks>
public sealed class CountCache(EngineDb db, CountCache.Store store)
{
    private readonly Dictionary<string, long> _marks = new(StringComparer.Ordinal);

    /// <summary>What all requests of this process share.</summary>
    public sealed class Store
    {
        internal const int CountsMax = 2_000;

        internal ConcurrentDictionary<string, Counted> Held { get; } = new(StringComparer.Ordinal);
    }

    /// <summary>Sets a mark when another query of this request has already read it.</summary>
    public void SetMark(string name, long mark) => _marks.TryAdd(name, mark);

    /// <summary>The value of a key under the present mark.</summary>
    /// <param name="key">Everything the value depends on besides the data: whose view, which filter, which day.</param>
    /// <param name="count">Counts it, by the database context of this request.</param>
    /// <param name="stop">Ends the wait, and the count if this request makes it.</param>
    /// <param name="mark">The tables that are counted: a name of <see cref="DataMark"/>.</param>
    public Task<T> Get<T>(string key, Func<Task<T>> count, CancellationToken stop, string mark = DataMark.Register)
        where T : notnull => Get(key, _ => count(), mark, stop);

    /// <summary>As <c>Get</c>, for a count that must know the mark it is taken under.</summary>
    public Task<T> Get<T>(string key, Func<long, Task<T>> count, CancellationToken stop)
        where T : notnull => Get(key, count, DataMark.Register, stop);

    private async Task<T> Get<T>(string key, Func<long, Task<T>> count, string mark, CancellationToken stop)
        where T : notnull
    {
        // Read before counting: a write in between makes a value newer than its mark, never older.
        if (!_marks.TryGetValue(mark, out var now))
            _marks[mark] = now = await db.MarkOf(mark, stop);
        if (store.Held.Count >= Store.CountsMax)
            store.Held.Clear();
        return (T)await store.Held.GetOrAdd(key, _ => new()).Get(now, () => db.MarkOf(mark, stop), Count, stop);

        async Task<object> Count(long under) => await count(under);
    }

    /// <summary>
    /// One value. However many ask for it at once, at most one count runs and one waits to run: who comes while one
    /// runs under an older mark may not take its result, and shares the next.
    /// </summary>
    internal sealed class Counted
    {
        private readonly Lock _lock = new();
        private (long Mark, object Value)? _last;
        private Flight? _running;
        private Flight? _next;

        public async Task<object> Get(
            long mark,
            Func<Task<long>> readMark,
            Func<long, Task<object>> count,
            CancellationToken stop
        )
        {
            while (true)
            {
                Flight flight;
                Flight? before = null;
                var isMine = false;
                lock (_lock)
                {
                    if (_last is { } last && last.Mark == mark)
                        return last.Value;
                    if (_running is null && _next is null)
                        (_running, isMine) = (new Flight(mark), true);
                    else if (_running?.Mark != mark && _next is null)
                        (_next, before, isMine) = (new Flight(null), _running, true);
                    flight = _running?.Mark == mark ? _running : _next!;
                }

                if (isMine)
                    return await Fly(flight, before, readMark, count, stop);
                // The one who counts may have left before the end; somebody else then counts.
                if (await flight.Landed.WaitAsync(stop) is { } value)
                    return value;
            }
        }

        private async Task<object> Fly(
            Flight flight,
            Flight? before,
            Func<Task<long>> readMark,
            Func<long, Task<object>> count,
            CancellationToken stop
        )
        {
            object? value = null;
            try
            {
                if (before is not null)
                {
                    await before.Landed.WaitAsync(stop);
                    // Whoever comes from now on sees that this count has begun, and under which mark.
                    var mark = await readMark();
                    lock (_lock)
                    {
                        flight.Mark = mark;
                        (_running, _next) = (flight, null);
                    }
                }

                value = await count(flight.Mark!.Value);
                return value;
            }
            finally
            {
                lock (_lock)
                {
                    if (value is not null)
                        _last = (flight.Mark!.Value, value);
                    if (_running == flight)
                        _running = null;
                    if (_next == flight)
                        _next = null;
                }

                flight.Land(value);
            }
        }
    }

    /// <summary>A count on its way.</summary>
    internal sealed class Flight(long? mark)
    {
        private readonly TaskCompletionSource<object?> _landed = new(
            TaskCreationOptions.RunContinuationsAsynchronously
        );

        /// <summary>The mark it began under; null while it waits.</summary>
        public long? Mark { get; set; } = mark;

        /// <summary>The value; null when it was not counted to the end.</summary>
        public Task<object?> Landed => _landed.Task;

        public void Land(object? value) => _landed.TrySetResult(value);
    }
}
