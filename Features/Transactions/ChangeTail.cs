using System.Diagnostics;
using MdcTts.Infrastructure.Database;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions;

/// <summary>
/// The last changes of the register, read once for all counts of this process. A place in it is a number that only
/// grows.
/// </summary>
internal sealed class ChangeTail : IDisposable
{
    /// <summary>Who is further behind counts anew, which then is cheaper too.</summary>
    internal const int RowsMax = 20_000;

    /// <summary>Longer than a request takes from its mark to its counts.</summary>
    private static readonly TimeSpan RequestMax = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _lock = new();
    private readonly List<CountedChange> _rows = [];
    private long _begin;
    private Seen? _seen;
    private Reading _last = new(Mark: -1, At: 0);

    private sealed record Reading(long Mark, long At);

    /// <summary>Reads on until all that was committed under this mark is known.</summary>
    /// <param name="mark">The register's mark as this request found it.</param>
    public async Task ReadTo(AppDb db, long mark, CancellationToken stop)
    {
        if (Knows(mark))
            return;
        await _turn.WaitAsync(stop);
        try
        {
            if (!Knows(mark))
                await Read(db, stop);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The place after the last change that was read.</summary>
    public long End
    {
        get
        {
            lock (_lock)
                return _begin + _rows.Count;
        }
    }

    /// <summary>The changes from a place on; null when some of them are forgotten.</summary>
    public (CountedChange[] Rows, long End)? From(long place)
    {
        lock (_lock)
        {
            if (place < _begin)
                return null;
            var skip = (int)(place - _begin);
            return (_rows.GetRange(skip, _rows.Count - skip).ToArray(), _begin + _rows.Count);
        }
    }

    public void Dispose() => _turn.Dispose();

    // Equal marks are equal data. A lower one belongs to a request that began before the last reading; if it did not,
    // the database was restored.
    private bool Knows(long mark)
    {
        var last = Volatile.Read(ref _last);
        return mark == last.Mark || (mark < last.Mark && Stopwatch.GetElapsedTime(last.At) < RequestMax);
    }

    private async Task Read(AppDb db, CancellationToken stop)
    {
        await using var read = await db.BeginRead(stop);
        var mark = await db.MarkOf(DataMark.Register, stop);
        var pruned = await db.MarkOf(PruneChanges.Mark, stop);
        var seen = await Changes.SeenNow(db, stop);
        var news =
            _seen is { } before && mark > _last.Mark && before.SawAllTo(pruned)
                ? await Changes.Since(db, before).Take(RowsMax + 1).ToListAsync(stop)
                : null;
        lock (_lock)
        {
            if (news is null || news.Count > RowsMax)
            {
                _begin += _rows.Count + 1;
                _rows.Clear();
            }
            else
            {
                _rows.AddRange(news);
                var tooMany = _rows.Count - RowsMax;
                if (tooMany > 0)
                {
                    _rows.RemoveRange(0, tooMany);
                    _begin += tooMany;
                }
            }
        }

        _seen = seen;
        Volatile.Write(ref _last, new(mark, Stopwatch.GetTimestamp()));
    }
}

/// <summary>Reading the changes.</summary>
internal static class Changes
{
    /// <summary>What a reading sees that begins in the present transaction.</summary>
    public static async Task<Seen> SeenNow(AppDb db, CancellationToken stop) =>
        new(
            await db.Writers(stop),
            db.IsSqlite ? await db.TransactionChanges.MaxAsync(c => (long?)c.Id, stop) ?? 0 : null
        );

    /// <summary>What was committed since.</summary>
    public static IQueryable<CountedChange> Since(AppDb db, Seen seen)
    {
        if (db.IsSqlite)
            return db.TransactionChanges.AsNoTracking().Where(c => c.Id > seen.LastId).OrderBy(c => c.Id);
        var (oldest, snapshot) = (seen.Writers.Oldest, seen.Writers.ToString());
        return db
            .TransactionChanges.FromSql(
                $"""
                SELECT * FROM "TransactionChanges"
                WHERE "Writer" >= {oldest} AND NOT pg_visible_in_snapshot("Writer"::text::xid8, {snapshot}::pg_snapshot)
                """
            )
            .AsNoTracking();
    }
}
