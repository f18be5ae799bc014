using System.Collections.Concurrent;
using System.Text.Json;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Redis;

namespace MdcTts.Infrastructure.Database;

/// <summary>
/// Counts over many rows, remembered together with the <see cref="EngineDb.DataMark"/> they were counted under and
/// given again only while the mark stands. One of these serves one request. So a number on a screen is always the
/// answer of a query on the present data, and a page of a quiet register does not count 100,000 rows again.
/// </summary>
/// <remarks>
/// Most counts each process makes for itself, also with Redis: of those of two replicas under people who write now and
/// then one in eight, and with no write at all one in four, would have been found with the other one, at the price of
/// asking for all of them. Only what takes several queries over everything is worth that price:
/// <see cref="GetShared"/>.
/// </remarks>
public sealed class CountCache(CountCache.Store store, RedisLink redis)
{
    // A mark names the writes of one database: after a restore to an earlier moment it could come again for other data,
    // but not as soon as that.
    private const string Keep = "redis.call('SET', KEYS[1], ARGV[1], 'EX', 60)";
    private const string Find = "return redis.call('GET', KEYS[1])";

    private string? _mark;

    /// <summary>What all requests of this process share.</summary>
    public sealed class Store
    {
        internal const int CountsMax = 2_000;

        internal ConcurrentDictionary<string, (string Mark, object Value)> Held { get; } = new(StringComparer.Ordinal);
    }

    /// <summary>Sets the mark when another query of this request has already read it.</summary>
    public void SetMark(string mark) => _mark ??= mark;

    /// <summary>The value of a key under the present mark.</summary>
    /// <param name="db">Where it is counted.</param>
    /// <param name="key">Everything the value depends on besides the data: whose view, which filter, which day.</param>
    /// <param name="count">Counts it.</param>
    /// <param name="stop">Ends the wait.</param>
    public async Task<T> Get<T>(EngineDb db, string key, Func<Task<T>> count, CancellationToken stop)
        where T : notnull
    {
        // Read once a request and before counting: a write in between makes a value newer than its mark, never older.
        var mark = _mark ??= await db.DataMark(stop);
        if (store.Held.TryGetValue(key, out var held) && held.Mark == mark)
            return (T)held.Value;
        if (store.Held.Count >= Store.CountsMax)
            store.Held.Clear();
        var value = await count();
        store.Held[key] = (mark, value);
        return value;
    }

    /// <summary>
    /// As <see cref="Get"/>, and with Redis one process counts for all of them. The value must be what JSON can carry.
    /// </summary>
    public Task<T> GetShared<T>(EngineDb db, string key, Func<Task<T>> count, CancellationToken stop)
        where T : class =>
        Get(
            db,
            key,
            async () =>
            {
                // Its file has one process.
                if (db.IsSqlite)
                    return await count();
                // Another version may count other things.
                var shared = RedisLink.Key($"count:{AppVersion.Current}:{key}");
                if (Read<T>((string?)await redis.Ask(Find, [shared], [])) is { } known)
                    return known;
                var value = await count();
                await redis.Ask(Keep, [shared], [$"{_mark}\n{JsonSerializer.Serialize(value)}"]);
                return value;
            },
            stop
        );

    private T? Read<T>(string? held)
        where T : class
    {
        try
        {
            return held is not null && held.StartsWith(_mark + "\n", StringComparison.Ordinal)
                ? JsonSerializer.Deserialize<T>(held.AsSpan(_mark!.Length + 1))
                : default;
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
