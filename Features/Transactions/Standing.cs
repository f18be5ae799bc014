using System.Linq.Expressions;

namespace MdcTts.Features.Transactions;

/// <summary>
/// Counts of one or several lists, taken once from the whole table and then kept by adding the changes since; by
/// assignee where that is asked for, else all under 0.
/// </summary>
internal sealed class Standing(IReadOnlyList<Func<CountedChange, bool>> lists, bool isByAssignee)
{
    private readonly Lock _lock = new();
    private Dictionary<int, long[]>? _counts;
    private Seen? _counted;
    private long _place;

    /// <summary>Starts from what a query counted.</summary>
    /// <param name="counts">By assignee, or under 0: a number for each list.</param>
    /// <param name="seen">What that query saw.</param>
    /// <param name="place">Where the tail ended before it.</param>
    public void Begin(Dictionary<int, long[]> counts, Seen seen, long place)
    {
        lock (_lock)
            (_counts, _counted, _place) = (counts, seen, place);
    }

    /// <summary>The counts with all that the tail has read; null: they must be counted.</summary>
    public IReadOnlyDictionary<int, long[]>? Now(ChangeTail tail)
    {
        lock (_lock)
        {
            if (_counts is null || tail.From(_place) is not var (changes, end))
                return null;
            foreach (var change in changes)
                if (!_counted!.Saw(change))
                    Add(change);
            _place = end;
            return _counts.ToDictionary(c => c.Key, c => (long[])c.Value.Clone());
        }
    }

    private void Add(CountedChange change)
    {
        if (isByAssignee && change.AssigneeId is null)
            return;
        var key = isByAssignee ? change.AssigneeId!.Value : 0;
        if (!_counts!.TryGetValue(key, out var numbers))
            _counts[key] = numbers = new long[lists.Count];
        for (var i = 0; i < lists.Count; i++)
            if (lists[i](change))
                numbers[i] += change.Sign;
    }
}

/// <summary>The conditions of a query on transactions, also for <see cref="CountedChange"/>.</summary>
internal static class Conditions
{
    private static readonly ParameterExpression Row = Expression.Parameter(typeof(Transaction), "t");
    private static readonly ParameterExpression Change = Expression.Parameter(typeof(CountedChange), "c");

    /// <summary>All that the query's <c>Where</c> ask for, as one.</summary>
    public static Expression<Func<Transaction, bool>> Of(IQueryable<Transaction> query)
    {
        Expression? all = null;
        for (var e = query.Expression; e is MethodCallExpression { Method.Name: "Where" } where; e = where.Arguments[0])
        {
            var condition = (LambdaExpression)((UnaryExpression)where.Arguments[1]).Operand;
            var body = new Exchange(condition.Parameters[0], Row).Visit(condition.Body);
            all = all is null ? body : Expression.AndAlso(body, all);
        }

        return Expression.Lambda<Func<Transaction, bool>>(all ?? Expression.Constant(true), Row);
    }

    /// <summary>
    /// The same for a change; null when it asks for more than a change tells: a word, a tag, a project's code.
    /// </summary>
    public static Func<CountedChange, bool>? ForChanges(IQueryable<Transaction> query)
    {
        var condition = Of(query);
        var exchange = new Exchange(Row, Change);
        var body = exchange.Visit(condition.Body);
        return exchange.IsWhole
            ? Expression.Lambda<Func<CountedChange, bool>>(body, Change).Compile(preferInterpretation: true)
            : null;
    }

    private sealed class Exchange(ParameterExpression from, ParameterExpression to) : ExpressionVisitor
    {
        public bool IsWhole { get; private set; } = true;

        protected override Expression VisitParameter(ParameterExpression node)
        {
            if (node != from)
                return base.VisitParameter(node);
            IsWhole &= from.Type == to.Type;
            return from.Type == to.Type ? to : node;
        }

        // A rule that holds for all that is tracked reads it as such.
        protected override Expression VisitUnary(UnaryExpression node) =>
            node.Operand == from && node.Type.IsAssignableFrom(to.Type)
                ? Expression.Convert(to, node.Type)
                : base.VisitUnary(node);

        protected override Expression VisitMember(MemberExpression node) =>
            node.Expression == from
            && to.Type.GetProperty(node.Member.Name) is { } property
            && property.PropertyType == node.Type
                ? Expression.Property(to, property)
                : base.VisitMember(node);
    }
}
