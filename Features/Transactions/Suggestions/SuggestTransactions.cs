using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Suggestions;

/// <summary>
/// The first few matches under the header's search box; before anything is typed, those that the person opened last.
/// </summary>
public sealed class SuggestTransactions(AppDb db, CurrentUser user, CatalogueCache catalogues, TimeProvider clock)
{
    private const int HitsMax = 8;

    public sealed record Hit(
        string? Reference,
        string Number,
        string Title,
        string Status,
        string? ClientEn,
        string? ClientAr
    );

    /// <summary>What is offered.</summary>
    /// <param name="Exact">The number of the one that was meant without doubt: Enter opens it.</param>
    public sealed record View(
        string Search,
        IReadOnlyList<Hit> Hits,
        string? Exact,
        IReadOnlyList<string> Marks,
        CatalogueEntries Catalogue
    );

    public static void Map(RouteGroupBuilder pages) =>
        pages.MapGet("/suggestions", Fragment).RequireAuthorization(Policies.SignedIn);

    /// <param name="q">Words, a number, a reference, both, or the address of a transaction.</param>
    /// <param name="recent">The numbers of those opened last, with commas; asked for when there is no search.</param>
    public async Task<View> Handle(string? q, string? recent, CancellationToken stop)
    {
        var search = q is not null && ListSearch.Refuse(q) is null ? q.Trim() : "";
        var words = TransactionQueries.WordsOf(search);
        var catalogue = await catalogues.Get(stop);
        if (search.Length == 0)
            return new("", await Named(TransactionNumber.AllIn(recent), stop), Exact: null, [], catalogue);

        var named = await Named(TransactionNumber.AllIn(search, clock.Today().Year), stop);
        if (named.Count > 0)
            return new(search, named, named.Count == 1 ? named[0].Number : null, [], catalogue);

        var hits = words.Count == 0 ? [] : await Matching(search, words, stop);
        var same = hits.Where(hit => IsSame(hit.Reference, search)).ToList();
        return new(
            search,
            [.. same.Concat(hits.Except(same)).Take(HitsMax)],
            same is [var only] ? only.Number : null,
            [.. words.SelectMany(w => w.Marks)],
            catalogue
        );
    }

    private async Task<List<Hit>> Matching(string search, IReadOnlyList<SearchWord> words, CancellationToken stop)
    {
        var hits = await db
            .Transactions.VisibleTo(user)
            .Matching(db, words)
            .OrderByDescending(t => t.UpdatedAt)
            .ThenByDescending(t => t.Id)
            .Take(HitsMax)
            .Select(AsHit)
            .ToListAsync(stop);
        // Of many that hold it somewhere, the one that is called so may be an old one.
        if (hits.Count == HitsMax && search.Any(char.IsAsciiDigit))
            hits.AddRange(
                await db
                    .Transactions.VisibleTo(user)
                    .Where(t => t.ReferenceNumber == search)
                    .OrderByDescending(t => t.Id)
                    .Take(HitsMax)
                    .Select(AsHit)
                    .ToListAsync(stop)
            );
        return [.. hits.DistinctBy(hit => hit.Number)];
    }

    private async Task<List<Hit>> Named(IReadOnlyList<string> numbers, CancellationToken stop)
    {
        if (numbers.Count == 0)
            return [];
        var found = await db
            .Transactions.VisibleTo(user)
            .Where(t => numbers.Contains(t.Number))
            .Select(AsHit)
            .ToListAsync(stop);
        return [.. numbers.SelectMany(number => found.Where(hit => hit.Number == number)).Take(HitsMax)];
    }

    private static readonly System.Linq.Expressions.Expression<Func<Transaction, Hit>> AsHit = t => new Hit(
        t.ReferenceNumber,
        t.Number,
        t.Title,
        t.Status,
        t.Client.NameEn,
        t.Client.NameAr
    );

    // Whatever dashes, blanks and digits somebody writes it with.
    private static bool IsSame(string? reference, string search) =>
        reference is not null && Signs(reference) is { Length: > 0 } signs && signs == Signs(search);

    private static string Signs(string text) => string.Concat(ArabicText.Fold(text).Where(char.IsLetterOrDigit));

    private static async Task<IResult> Fragment(
        string? q,
        string? recent,
        SuggestTransactions useCase,
        CancellationToken stop
    ) => Hits.Create(await useCase.Handle(q, recent, stop));
}
