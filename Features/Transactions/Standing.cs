using System.Linq.Expressions;

namespace MdcTts.Features.Transactions;

/// <summary>
/// Counts of one or several lists, taken once from the whole table and then kept by adding the changes since; by
/// assignee where that is asked for, else all under 0.
/// </summary>
internal sealed class Standing(IReadOnlyList<Expression<Func<CountedChange, bool>>> lists, bool isByAssignee)
{
    // To compile costs as much as to interpret this many changes.
    private const int InterpretedMax = 200;

    private readonly Lock _lock = new();
    private Action<CountedChange, long[]>? _add;
    private int _interpreted;
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
        if (_add is null)
            _add = Conditions.Adding(lists).Compile(preferInterpretation: true);
        else if (++_interpreted == InterpretedMax)
            _add = Conditions.Adding(lists).Compile();
        _add(change, numbers);
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
    public static Expression<Func<CountedChange, bool>>? ForChanges(IQueryable<Transaction> query)
    {
        var condition = Of(query);
        var exchange = new Exchange(Row, Change);
        var body = exchange.Visit(condition.Body);
        return exchange.IsWhole ? Expression.Lambda<Func<CountedChange, bool>>(body, Change) : null;
    }

    /// <summary>Adds a change to the number of each list whose condition it meets.</summary>
    public static Expression<Action<CountedChange, long[]>> Adding(
        IReadOnlyList<Expression<Func<CountedChange, bool>>> lists
    )
    {
        var numbers = Expression.Parameter(typeof(long[]), "numbers");
        var sign = Expression.Convert(Expression.Property(Change, nameof(CountedChange.Sign)), typeof(long));
        // if (first(change)) numbers[0] += change.Sign; if (second(change)) numbers[1] += change.Sign; …
        var steps = lists.Select(
            (list, i) =>
                Expression.IfThen(
                    list.Body,
                    Expression.AddAssign(Expression.ArrayAccess(numbers, Expression.Constant(i)), sign)
                )
        );
        return Expression.Lambda<Action<CountedChange, long[]>>(Expression.Block(steps), Change, numbers);
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
