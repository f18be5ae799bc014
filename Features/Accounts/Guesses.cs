using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts;

/// <summary>
/// Counts guesses in rows, which all replicas share. A guess is counted before it is tried and given back when it was
/// right, so that many at once get no further than one after the other.
/// </summary>
public sealed class Guesses(AppDb db)
{
    /// <summary>A guess that has been counted.</summary>
    /// <param name="Before">How many were counted before it.</param>
    /// <param name="LastAt">When the one before it was made; null when it is the first.</param>
    /// <param name="At">When it was made.</param>
    public sealed record Taken(string Key, int Before, DateTime? LastAt, DateTime At);

    private sealed record Counted(string Key, int Count);

    /// <summary>What stands in the table: a hash, because addresses and accounts are nobody's business there.</summary>
    public static string Key(params string[] parts) => Sessions.HashOf(string.Join('\n', parts));

    /// <summary>The rows of these keys that are not forgotten yet.</summary>
    public Task<Dictionary<string, SignInFailure>> Read(
        IReadOnlyCollection<string> keys,
        DateTime since,
        CancellationToken stop
    ) =>
        db
            .SignInFailures.AsNoTracking()
            .Where(f => keys.Contains(f.Key) && f.LastAt >= since)
            .ToDictionaryAsync(f => f.Key, StringComparer.Ordinal, stop);

    /// <summary>
    /// Counts one guess for each key, in the caller's database transaction and in one statement. Rolled back, nothing
    /// was counted.
    /// </summary>
    /// <param name="since">Counting starts again where the last guess is older than this.</param>
    /// <param name="known">
    /// The rows as they were read before; null when nobody asks how long ago the last guess was.
    /// </param>
    public async Task<IReadOnlyList<Taken>> Take(
        IReadOnlyCollection<string> keys,
        DateTime now,
        DateTime since,
        CancellationToken stop,
        IReadOnlyDictionary<string, SignInFailure>? known = null
    )
    {
        // Always in the same order: two transactions that lock the same rows must not wait for each other.
        var ordered = keys.Order(StringComparer.Ordinal).ToList();
        var rows = string.Join(", ", ordered.Select((_, i) => "({" + (i + 2) + "}, 1, {0})"));
        var statement =
            "INSERT INTO \"SignInFailures\" (\"Key\", \"Count\", \"LastAt\") VALUES "
            + rows
            + """
                 ON CONFLICT ("Key") DO UPDATE SET
                    "Count" = CASE
                        WHEN "SignInFailures"."LastAt" < {1} THEN 1
                        ELSE "SignInFailures"."Count" + 1
                    END,
                    "LastAt" = {0}
                RETURNING "Key", "Count"
                """;
        var counted = await db.Database.SqlQueryRaw<Counted>(statement, [now, since, .. ordered]).ToListAsync(stop);
        return
        [
            .. counted
                .OrderBy(c => c.Key, StringComparer.Ordinal)
                .Select(c => new Taken(c.Key, c.Count - 1, known?.GetValueOrDefault(c.Key)?.LastAt, now)),
        ];
    }

    /// <summary>
    /// Takes a guess back as if it had not been made: whoever was right must not make others wait. In the caller's
    /// database transaction.
    /// </summary>
    public Task GiveBack(Taken guess, CancellationToken stop) =>
        db
            .SignInFailures.Where(f => f.Key == guess.Key && f.Count > 0)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(f => f.Count, f => f.Count - 1)
                        .SetProperty(f => f.LastAt, f => f.LastAt == guess.At ? guess.LastAt ?? f.LastAt : f.LastAt),
                stop
            );

    /// <summary>Forgets all guesses of a key; in the caller's database transaction.</summary>
    public Task Forget(string key, CancellationToken stop) =>
        db.SignInFailures.Where(f => f.Key == key).ExecuteDeleteAsync(stop);
}
