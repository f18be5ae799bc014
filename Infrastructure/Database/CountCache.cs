using System.Collections.Concurrent;

namespace MdcTts.Infrastructure.Database;

/// <summary>
/// Counts over many rows, remembered together with the <see cref="AppDb.DataMark"/> they were counted under and given again only while the mark stands.
/// So a number on a screen is always the answer of a query on the present data, and a page of a quiet register does not count 100,000 rows again.
/// </summary>
public sealed class CountCache
{
    private const int Most = 2_000;

    private readonly ConcurrentDictionary<string, (string Mark, Task<object> Value)> _held = new(StringComparer.Ordinal);

    /// <summary>The value of a key under the present mark.</summary>
    /// <param name="db">Where it is counted.</param>
    /// <param name="key">Everything the value depends on besides the data: whose view, which filter, which day.</param>
    /// <param name="count">Counts it.</param>
    /// <param name="stop">Ends the wait.</param>
    public async Task<T> Get<T>(AppDb db, string key, Func<Task<T>> count, CancellationToken stop) where T : notnull
    {
        // The mark is read before counting: a write in between makes the value newer than its mark, never older.
        var mark = await db.DataMark(stop);
        if (_held.TryGetValue(key, out var held) && held.Mark == mark && held.Value.IsCompletedSuccessfully) return (T)await held.Value;
        if (_held.Count >= Most) _held.Clear();
        object value = await count();
        _held[key] = (mark, Task.FromResult(value));
        return (T)value;
    }
}
