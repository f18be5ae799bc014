using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Suggestions;

/// <summary>The first few matches under the header's search box.</summary>
public sealed class SuggestTransactions(AppDb db, CurrentUser user, CatalogueCache catalogues)
{
    private const int HitsMax = 8;

    public sealed record Hit(string? Reference, string Number, string Title, string Status);

    public sealed record View(
        string Search,
        IReadOnlyList<Hit> Hits,
        IReadOnlyList<string> Marks,
        CatalogueEntries Catalogue
    );

    public static void Map(RouteGroupBuilder pages) =>
        pages.MapGet("/suggestions", Fragment).RequireAuthorization(Policies.SignedIn);

    public async Task<View> Handle(string? q, CancellationToken stop)
    {
        var search = q is not null && ListSearch.Refuse(q) is null ? q.Trim() : "";
        var words = TransactionQueries.WordsOf(search);
        var hits =
            words.Count == 0
                ? []
                : await db
                    .Transactions.VisibleTo(user)
                    .Matching(db, words)
                    .OrderByDescending(t => t.UpdatedAt)
                    .ThenByDescending(t => t.Id)
                    .Take(HitsMax)
                    .Select(t => new Hit(t.ReferenceNumber, t.Number, t.Title, t.Status))
                    .ToListAsync(stop);
        return new(search, hits, [.. words.SelectMany(w => w.Marks)], await catalogues.Get(stop));
    }

    private static async Task<IResult> Fragment(string? q, SuggestTransactions useCase, CancellationToken stop) =>
        Hits.Create(await useCase.Handle(q, stop));
}
