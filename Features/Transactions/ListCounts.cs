using System.Collections.Concurrent;
using System.Linq.Expressions;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Security;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions;

/// <summary>
/// How many transactions are in a list, as the person sees it. The whole table is counted once; from then on each
/// write is added, so that a number costs the same in a large register as in a small one.
/// </summary>
/// <remarks>
/// Exact at any time: triggers note what every commit changed (<see cref="CountedChange"/>), and
/// <see cref="Seen"/> tells which of these a count had already seen. A search for words, tags or projects is
/// counted by the database each time.
/// </remarks>
public sealed class ListCounts(AppDb db, CurrentUser user, CountCache cache, ListCounts.Store store)
{
    /// <summary>What all requests of this process share.</summary>
    public sealed class Store : IDisposable
    {
        private const int StandingMax = 2_000;

        internal ChangeTail Tail { get; } = new();

        private readonly ConcurrentDictionary<string, Standing> _standing = new(StringComparer.Ordinal);
        private readonly ConcurrentDictionary<string, SemaphoreSlim> _turns = new(StringComparer.Ordinal);

        internal Standing? Find(string key) => _standing.GetValueOrDefault(key);

        internal void Keep(string key, Standing standing)
        {
            if (_standing.Count >= StandingMax)
                _standing.Clear();
            _standing[key] = standing;
        }

        public void Dispose() => Tail.Dispose();

        // Whoever asks first counts; who sees the same waits for that.
        internal SemaphoreSlim TurnOf(string scope) => _turns.GetOrAdd(scope, _ => new(1, 1));
    }

    /// <summary>How many are in the list.</summary>
    /// <param name="today">What is overdue depends on it.</param>
    public async Task<long> Count(TransactionFilter list, DateOnly today, CancellationToken stop) =>
        (await Count([list], today, stop))[0];

    /// <summary>How many are in each of these lists, in their order.</summary>
    public async Task<IReadOnlyList<long>> Count(
        IReadOnlyList<TransactionFilter> lists,
        DateOnly today,
        CancellationToken stop
    ) => (await Count(new Asked(lists, today), stop)).GetValueOrDefault(0) ?? new long[lists.Count];

    /// <summary>How many are in each of these lists, all of which are parts of one.</summary>
    /// <param name="whole">What they have in common: looked up once.</param>
    /// <param name="lists">Each as a whole, and what it asks for beside that.</param>
    /// <param name="today">What is overdue depends on it.</param>
    public async Task<IReadOnlyList<long>> CountWithin(
        TransactionFilter whole,
        IReadOnlyList<(TransactionFilter List, TransactionFilter Part)> lists,
        DateOnly today,
        CancellationToken stop
    )
    {
        var asked = new Asked([.. lists.Select(l => l.List)], today)
        {
            Whole = whole,
            Parts = [.. lists.Select(l => l.Part)],
        };
        return (await Count(asked, stop)).GetValueOrDefault(0) ?? new long[lists.Count];
    }

    /// <summary>How many are in each of these lists, by assignee; who has none of any is missing.</summary>
    public Task<IReadOnlyDictionary<int, long[]>> CountByAssignee(
        IReadOnlyList<TransactionFilter> lists,
        DateOnly today,
        CancellationToken stop
    ) => Count(new Asked(lists, today) { IsByAssignee = true }, stop);

    private sealed record Asked(IReadOnlyList<TransactionFilter> Lists, DateOnly Today)
    {
        public bool IsByAssignee { get; init; }

        /// <summary>What all lists ask for, and what each asks for beside that.</summary>
        public TransactionFilter Whole { get; init; } = new();
        public IReadOnlyList<TransactionFilter> Parts { get; init; } = Lists;
    }

    private Task<IReadOnlyDictionary<int, long[]>> Count(Asked asked, CancellationToken stop)
    {
        // All admins see the same.
        var isShared = user.IsAdmin && !asked.Lists.Any(list => list.IsPersonal);
        var view = isShared ? "admin" : TransactionQueries.ViewOf(user);
        var addresses = string.Join(' ', asked.Lists.Select(list => list.Unsorted().ToQueryString()));
        var key = $"{(asked.IsByAssignee ? "by assignee" : "count")}:{view}:{asked.Today}:{addresses}";
        return cache.Get(key, mark => Count(view, key, asked, mark, stop), stop);
    }

    private async Task<IReadOnlyDictionary<int, long[]>> Count(
        string view,
        string key,
        Asked asked,
        long mark,
        CancellationToken stop
    )
    {
        await store.Tail.ReadTo(db, mark, stop);
        if (store.Find(key)?.Now(store.Tail) is { } known)
            return known;

        var visible = Array.Empty<Transaction>().AsQueryable().VisibleTo(user);
        var forChanges = asked
            .Lists.Select(list => Conditions.ForChanges(list.Apply(visible, db, user, asked.Today)))
            .ToList();
        if (forChanges.Contains(null))
            return await CountAll(asked, stop);

        var turn = store.TurnOf(view);
        await turn.WaitAsync(stop);
        try
        {
            if (store.Find(key)?.Now(store.Tail) is { } counted)
                return counted;
            var standing = new Standing(forChanges!, asked.IsByAssignee);
            var place = store.Tail.End;
            await using var read = await db.BeginRead(stop);
            var seen = await Changes.SeenNow(db, stop);
            standing.Begin(await CountAll(asked, stop), seen, place);
            store.Keep(key, standing);
            return standing.Now(store.Tail) ?? throw new InvalidOperationException("The tail lost its end.");
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>The numbers of one assignee, or of all.</summary>
    private sealed record Numbers(int Of, long[] Counts);

    private async Task<Dictionary<int, long[]>> CountAll(Asked asked, CancellationToken stop)
    {
        var visible = asked.Whole.Apply(db.Transactions.VisibleTo(user), db, user, asked.Today);
        // By itself a list may have an index; several are counted in one pass.
        if (!asked.IsByAssignee && asked.Parts is [var list])
            return new() { [0] = [await list.Apply(visible, db, user, asked.Today).LongCountAsync(stop)] };
        var nothing = Array.Empty<Transaction>().AsQueryable();
        var conditions = asked.Parts.Select(part => Conditions.Of(part.Apply(nothing, db, user, asked.Today)));
        var grouped = asked.IsByAssignee
            ? visible.Where(t => t.AssigneeId != null).GroupBy(t => t.AssigneeId!.Value)
            : visible.GroupBy(_ => 0);
        return await grouped.Select(NumbersOf(conditions)).ToDictionaryAsync(n => n.Of, n => n.Counts, stop);
    }

    // all => new Numbers(all.Key, new[] { all.LongCount(first), all.LongCount(second), … })
    private static Expression<Func<IGrouping<int, Transaction>, Numbers>> NumbersOf(
        IEnumerable<Expression<Func<Transaction, bool>>> conditions
    )
    {
        var all = Expression.Parameter(typeof(IGrouping<int, Transaction>), "all");
        var counts = conditions.Select(condition =>
            Expression.Call(typeof(Enumerable), nameof(Enumerable.LongCount), [typeof(Transaction)], all, condition)
        );
        return Expression.Lambda<Func<IGrouping<int, Transaction>, Numbers>>(
            Expression.New(
                typeof(Numbers).GetConstructors()[0],
                Expression.Property(all, nameof(IGrouping<,>.Key)),
                Expression.NewArrayInit(typeof(long), counts)
            ),
            all
        );
    }
}
