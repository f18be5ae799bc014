using System.Collections.Concurrent;

namespace MdcTts.Infrastructure.Database;

/// <summary>
/// Counts over many rows, remembered together with the <see cref="AppDb.DataMark"/> they were counted under and given again only while the mark stands.
/// One of these serves one request. So a number on a screen is always the answer of a query on the present data, and a page of a quiet register does not count 100,000 rows again.
/// </summary>
/// <remarks>
/// Each process counts for itself, also with Redis. Of the counts of two replicas under people who write now and then one in eight, and with no write at all one in four, would have been found with
/// the other one, at the price of asking for all of them; and a mark names the writes of one database only: after a restore the same mark stands for other data, and a shared number would be wrong.
/// </remarks>
public sealed class CountCache(CountCache.Store store)
{
    private string? _mark;

    /// <summary>What all requests of this process share.</summary>
    public sealed class Store
    {
        internal const int Most = 2_000;

        internal ConcurrentDictionary<string, (string Mark, object Value)> Held { get; } = new(StringComparer.Ordinal);
    }

    /// <summary>The mark is known already: another query of this request has answered it.</summary>
    public void Know(string mark) => _mark ??= mark;

    /// <summary>The value of a key under the present mark.</summary>
    /// <param name="db">Where it is counted.</param>
    /// <param name="key">Everything the value depends on besides the data: whose view, which filter, which day.</param>
    /// <param name="count">Counts it.</param>
    /// <param name="stop">Ends the wait.</param>
    public async Task<T> Get<T>(AppDb db, string key, Func<Task<T>> count, CancellationToken stop) where T : notnull
    {
        // Read once a request and before counting: a write in between makes a value newer than its mark, never older.
        var mark = _mark ??= await db.DataMark(stop);
        if (store.Held.TryGetValue(key, out var held) && held.Mark == mark) return (T)held.Value;
        if (store.Held.Count >= Store.Most) store.Held.Clear();
        var value = await count();
        store.Held[key] = (mark, value);
        return value;
    }
}
