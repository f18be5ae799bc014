using System.Linq.Expressions;
using MdcTts.Features.Accounts;
using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;

namespace MdcTts.Features.Transactions;

/// <summary>What tells whether a transaction is over or overdue. Its projections carry it too.</summary>
public interface ITracked
{
    Meaning Meaning { get; }
    DateOnly? DueDate { get; }
}

/// <summary>Words that queries on transactions are made of.</summary>
public static class TransactionQueries
{
    private static readonly Expression<Func<Transaction, bool>> IsOutside = t =>
        t.DeletedAt == null
        && t.Meaning != Meaning.Draft
        && (t.Meaning != Meaning.Dropped || t.SubmittedAt != null || t.ImportId != null);

    private static readonly Func<ITracked, bool> IsGoing = GoingOf<ITracked>().Compile();
    private static readonly Func<ITracked, DateOnly, bool> IsLate = LateOf<ITracked>().Compile();

    /// <summary>
    /// What a person may see, and nothing else: admins all, editors what they created or are assigned to and what the
    /// firm shows them beside, clients their organisation's without drafts; nobody the deleted ones.
    /// Every list, count, search, export and page starts here.
    /// </summary>
    public static IQueryable<Transaction> VisibleTo(this IQueryable<Transaction> transactions, CurrentUser user) =>
        ConditionsOf(user).Aggregate(transactions, (visible, condition) => visible.Where(condition));

    /// <summary>The same rule for rows that are at hand; made once for many of them.</summary>
    public static Func<Transaction, bool> Sees(CurrentUser user)
    {
        var conditions = ConditionsOf(user).Select(c => c.Compile(preferInterpretation: true)).ToArray();
        return t => Array.TrueForAll(conditions, isMet => isMet(t));
    }

    /// <summary>
    /// What may be known outside the firm at all: not deleted, no draft; a draft that was dropped has never been the
    /// client's business either.
    /// </summary>
    public static IQueryable<Transaction> OutsideTheFirm(this IQueryable<Transaction> transactions) =>
        transactions.Where(IsOutside);

    /// <summary>The one with this number, or none: for reading no more of it than is needed.</summary>
    /// <param name="transactions">Where to look.</param>
    /// <param name="number">The raw text from the address; it may be anything.</param>
    /// <param name="user">Finds only what this person may see.</param>
    public static IQueryable<Transaction> Numbered(
        this IQueryable<Transaction> transactions,
        string number,
        CurrentUser user
    ) =>
        TransactionNumber.IsWellFormed(number)
            ? transactions.VisibleTo(user).Where(t => t.Number == number)
            : transactions.Where(_ => false);

    /// <summary>What a person may change: admins all, editors what they created or are assigned to.</summary>
    public static IQueryable<Transaction> ChangeableBy(this IQueryable<Transaction> transactions, CurrentUser user) =>
        user.Role is Role.Admin
            ? transactions.VisibleTo(user)
            : transactions.VisibleTo(user).Where(t => t.AssigneeId == user.Id || t.CreatedById == user.Id);

    /// <summary>Active staff who see a transaction.</summary>
    /// <param name="users">Where to look.</param>
    /// <param name="transaction">Not deleted.</param>
    /// <param name="sight">What editors see beside their own; everybody's <see cref="CurrentUser.Sight"/>.</param>
    public static IQueryable<User> WhoSee(this IQueryable<User> users, Transaction transaction, EditorSight sight)
    {
        var (assignee, creator, department) = (transaction.AssigneeId, transaction.CreatedById, transaction.Department);
        var everyEditor = sight is EditorSight.All || (sight is EditorSight.OwnAndUnassigned && assignee is null);
        var colleagues = sight is EditorSight.Department && department is not null;
        return users.Where(u =>
            u.Status == UserStatus.Active
            && (
                u.Role == Role.Admin
                || (
                    u.Role == Role.Editor
                    && (
                        everyEditor || u.Id == assignee || u.Id == creator || (colleagues && u.Department == department)
                    )
                )
            )
        );
    }

    /// <summary>The same rule for one that a person sees.</summary>
    public static bool MayChange(this CurrentUser user, int? assigneeId, int createdById) =>
        user.Role is Role.Admin || (user.IsStaff && (assigneeId == user.Id || createdById == user.Id));

    /// <summary>One transaction to be changed, looked up through the person who changes it.</summary>
    /// <inheritdoc cref="FindSeen"/>
    /// <returns>Forbidden for what an editor sees and nothing more.</returns>
    public static async Task<Result<Transaction>> FindOne(
        this IQueryable<Transaction> transactions,
        string number,
        CurrentUser user,
        int? version,
        CancellationToken stop
    )
    {
        var found = await transactions.FindSeen(number, user, version, stop);
        return found.Ok(out var transaction, out _) && !user.MayChange(transaction.AssigneeId, transaction.CreatedById)
            ? Problem.Forbidden("problem.not_yours")
            : found;
    }

    /// <summary>One transaction for a person who need not be in charge of it.</summary>
    /// <param name="transactions">With whatever else the change needs included.</param>
    /// <param name="number">The raw text from the address.</param>
    /// <param name="user">A person who may not see it gets the same answer as for one that does not exist.</param>
    /// <param name="version">What the person was looking at; null does not ask.</param>
    /// <param name="stop">Ends the wait.</param>
    public static async Task<Result<Transaction>> FindSeen(
        this IQueryable<Transaction> transactions,
        string number,
        CurrentUser user,
        int? version,
        CancellationToken stop
    )
    {
        var found = await transactions.Numbered(number, user).SingleOrDefaultAsync(stop);
        if (found is null)
            return Problem.NotFound();
        return version is null || version == found.Version
            ? found
            : new Problem(ProblemKind.PreconditionFailed, "problem.version_mismatch", found.Version);
    }

    /// <summary>With all that its form shows.</summary>
    public static IQueryable<Transaction> WithFormFields(this IQueryable<Transaction> transactions) =>
        transactions
            .AsSplitQuery()
            .Include(t => t.Tags)
            .Include(t => t.AuthorityReferences.OrderBy(a => a.Id))
            .Include(t => t.Project);

    /// <summary>Whose view a remembered count belongs to.</summary>
    public static string ViewOf(CurrentUser user) =>
        user.Role switch
        {
            Role.Admin => $"admin{user.Id}",
            Role.Client => $"client{user.ClientId}",
            _ => $"editor{user.Id}-{user.Sight}-{user.Department}",
        };

    /// <summary>
    /// The key is one of the values. A single value becomes an equality: then an index on the key and the date of
    /// update gives the newest page
    /// without reading on, which it cannot do for a list of values.
    /// </summary>
    public static IQueryable<Transaction> WhereIn<T>(
        this IQueryable<Transaction> transactions,
        IReadOnlyList<T> values,
        Expression<Func<Transaction, T>> key
    )
    {
        // Captured in an object so that EF makes a parameter of it: one plan for all values.
        var wanted = new { Values = values, First = values[0] };
        var held = Expression.Constant(wanted);
        Expression condition =
            values.Count == 1
                ? Expression.Equal(key.Body, Expression.Property(held, nameof(wanted.First)))
                : Expression.Call(
                    typeof(Enumerable),
                    nameof(Enumerable.Contains),
                    [typeof(T)],
                    Expression.Property(held, nameof(wanted.Values)),
                    key.Body
                );
        return transactions.Where(Expression.Lambda<Func<Transaction, bool>>(condition, key.Parameters));
    }

    /// <summary>Not at an end.</summary>
    public static IQueryable<Transaction> NotOver(this IQueryable<Transaction> transactions) =>
        transactions.Where(GoingOf<Transaction>());

    /// <summary>The same rule for one that is at hand.</summary>
    public static bool IsOver(this ITracked tracked) => !IsGoing(tracked);

    /// <summary>Not at an end and past its due date.</summary>
    public static IQueryable<Transaction> Overdue(this IQueryable<Transaction> transactions, DateOnly today) =>
        transactions.Where(OverdueOn(today));

    /// <summary>The same rule for one that is at hand.</summary>
    public static bool IsOverdue(this ITracked tracked, DateOnly today) => IsLate(tracked, today);

    private static Expression<Func<Transaction, bool>> OverdueOn(DateOnly today)
    {
        var late = LateOf<Transaction>();
        // Captured in an object, like the values of WhereIn: one plan for all days.
        var day = Expression.Property(Expression.Constant(new { Today = today }), "Today");
        return Expression.Lambda<Func<Transaction, bool>>(
            ReplacingExpressionVisitor.Replace(late.Parameters[1], day, late.Body),
            late.Parameters[0]
        );
    }

    /// <summary>
    /// Every word is found somewhere in the number, reference, title, description, client's names, tags or authority
    /// references.
    /// </summary>
    /// <param name="transactions">Where to search.</param>
    /// <param name="db">Its engine decides how.</param>
    /// <param name="words">The words and their spellings.</param>
    /// <param name="matchesMany">
    /// Thousands match: then SQLite finds a page sooner by walking the sort's index and looking at each text than by
    /// collecting all matches to sort them. PostgreSQL knows by itself.
    /// </param>
    public static IQueryable<Transaction> Matching(
        this IQueryable<Transaction> transactions,
        AppDb db,
        IReadOnlyList<SearchWord> words,
        bool matchesMany = false
    )
    {
        var byText = !db.IsSqlite || matchesMany;
        foreach (var word in words.Where(w => byText || !IsIndexed(w) || w.Pieces.Count > 0))
            transactions = transactions.Where(HoldsAny(word));

        var indexed = !byText ? words.Where(IsIndexed).ToList() : [];
        if (indexed.Count == 0)
            return transactions;
        var matches = SqliteMatches(db, TextSearch.MatchAll(indexed.Select(Indexed)));
        return transactions.Where(t => matches.Contains(t.Id));
    }

    private static bool IsIndexed(SearchWord word) => word.Spellings.All(s => s.Length >= TextSearch.IndexedLength);

    // Of pieces the index looks up the longest; whether the others stand beside it is seen in the text.
    private static IEnumerable<string> Indexed(SearchWord word) =>
        word.Pieces.Count == 0 ? word.Spellings : word.Spellings.Append(word.Pieces.MaxBy(p => p.Length)!);

    private static Expression<Func<Transaction, bool>> HoldsAny(SearchWord word)
    {
        var patterns = word.Spellings.Select(TextSearch.Anywhere).ToList();
        if (word.Pieces.Count > 0)
            patterns.Add(TextSearch.Anywhere(word.Pieces));
        return patterns
            .Select(pattern =>
                (Expression<Func<Transaction, bool>>)(t => EF.Functions.Like(t.SearchText, pattern, TextSearch.Escape))
            )
            .Aggregate(
                (either, or) =>
                    either.Update(
                        Expression.OrElse(
                            either.Body,
                            ReplacingExpressionVisitor.Replace(or.Parameters[0], either.Parameters[0], or.Body)
                        ),
                        either.Parameters
                    )
            );
    }

    // Named one by one: an index on the meaning finds what is equal, not what is unequal.
    private static Expression<Func<T, bool>> GoingOf<T>()
        where T : ITracked =>
        t => t.Meaning == Meaning.Draft || t.Meaning == Meaning.Open || t.Meaning == Meaning.Waiting;

    private static Expression<Func<T, DateOnly, bool>> LateOf<T>()
        where T : ITracked
    {
        var going = GoingOf<T>();
        Expression<Func<T, DateOnly, bool>> past = (t, today) => t.DueDate < today;
        return past.Update(
            Expression.AndAlso(
                ReplacingExpressionVisitor.Replace(going.Parameters[0], past.Parameters[0], going.Body),
                past.Body
            ),
            past.Parameters
        );
    }

    // SQLite's index is a table beside the transactions: see SearchIndex.
    private static IQueryable<int> SqliteMatches(AppDb db, string match) =>
        db.Database.SqlQuery<int>(
            $"""SELECT rowid AS "Value" FROM "TransactionSearch" WHERE "TransactionSearch" MATCH {match}"""
        );

    private static Expression<Func<Transaction, bool>>[] ConditionsOf(CurrentUser user) =>
        user.Role switch
        {
            Role.Admin => [t => t.DeletedAt == null],
            Role.Editor => [SeenByEditor(user)],
            _ => [IsOutside, t => t.ClientId == user.ClientId],
        };

    private static Expression<Func<Transaction, bool>> SeenByEditor(CurrentUser user) =>
        user switch
        {
            { Sight: EditorSight.All } => t => t.DeletedAt == null,
            { Sight: EditorSight.OwnAndUnassigned } => t =>
                t.DeletedAt == null && (t.AssigneeId == user.Id || t.CreatedById == user.Id || t.AssigneeId == null),
            { Sight: EditorSight.Department, Department: not null } => t =>
                t.DeletedAt == null
                && (t.AssigneeId == user.Id || t.CreatedById == user.Id || t.Department == user.Department),
            _ => t => t.DeletedAt == null && (t.AssigneeId == user.Id || t.CreatedById == user.Id),
        };

    /// <summary>The words of a search box, folded like the text they are looked up in.</summary>
    public static IReadOnlyList<SearchWord> WordsOf(string? q) => SearchWord.Of(q);
}
