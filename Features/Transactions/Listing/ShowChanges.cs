using MdcTts.Features.Catalogue;
using MdcTts.Features.Transactions.Live;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Listing;

/// <summary>
/// What an open list swaps in after it heard of changes: the lines it shows as they are now, and how many new ones its
/// filter would let in.
/// </summary>
public sealed class ShowChanges(AppDb db, CurrentUser user, CatalogueCache catalogues, TimeProvider clock)
{
    /// <summary>Besides the list's own filter.</summary>
    /// <param name="Shown">Numbers of lines on the page.</param>
    /// <param name="Fresh">Numbers that are new.</param>
    /// <param name="Many">There is more than can be told one by one.</param>
    public sealed record Query(string[]? Shown, string[]? Fresh, string? Many);

    /// <param name="Rows">The lines.</param>
    /// <param name="Fresh">How many are new; null: many.</param>
    /// <param name="ListUrl">Shows them.</param>
    public sealed record View(IReadOnlyList<RowView> Rows, int? Fresh, string ListUrl);

    public static void Map(RouteGroupBuilder pages) =>
        pages.MapGet("/changes", Page).RequireAuthorization(Policies.SignedIn).SentInBackground();

    public async Task<Result<View>> Handle(Query asked, TransactionQuery query, CancellationToken stop)
    {
        var catalogue = await catalogues.Get(stop);
        if (!TransactionFilter.From(query, catalogue).Ok(out var filter, out var problem))
            return problem;
        var now = clock.Instant();
        var (shown, fresh) = (WellFormed(asked.Shown), WellFormed(asked.Fresh));
        var rows =
            shown.Count == 0
                ? []
                : await db
                    .Transactions.VisibleTo(user)
                    .Where(t => shown.Contains(t.Number))
                    .AsRows(user)
                    .ToListAsync(stop);
        var count =
            asked.Many is not null ? (int?)null
            : fresh.Count == 0 ? 0
            : await filter
                .Apply(db.Transactions.VisibleTo(user), db, user, Clock.RiyadhDate(now))
                .CountAsync(t => fresh.Contains(t.Number), stop);
        return new View(
            rows.ConvertAll(r => new RowView(r, catalogue, user, now)),
            count,
            TransactionRoutes.Root + filter.FromStart().ToQueryString()
        );
    }

    private static List<string> WellFormed(string[]? numbers) =>
        [.. (numbers ?? []).Where(TransactionNumber.IsWellFormed).Take(LiveNews.NumbersMax)];

    private static async Task<IResult> Page(
        [AsParameters] Query asked,
        [AsParameters] TransactionQuery query,
        ShowChanges useCase,
        HttpContext http,
        CancellationToken stop
    ) => (await useCase.Handle(asked, query, stop)).Match<IResult>(view => ChangedRows.Create(view), http.HtmlProblem);
}
