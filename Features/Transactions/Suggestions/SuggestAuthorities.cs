using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Suggestions;

/// <summary>
/// The authorities that were named before, the most used first, for a field in which one is typed: one authority is
/// then spelled in one way. Another may be typed all the same.
/// </summary>
public sealed class SuggestAuthorities(AppDb db, CurrentUser user)
{
    private const int NamesMax = 500;

    public static void Map(RouteGroupBuilder pages) =>
        pages.MapGet("/authorities", Options).RequireAuthorization(Policies.Staff);

    /// <summary>Those whose name has all the words, however these are spelled.</summary>
    public async Task<IReadOnlyList<string>> Handle(string? q, CancellationToken stop)
    {
        if (ListSearch.Refuse(q) is not null)
            return [];
        var visible = db.Transactions.VisibleTo(user);
        var holders = await visible
            .Where(t => t.HolderKind == HolderKind.Authority && t.HolderName != null)
            .GroupBy(t => t.HolderName!)
            .Select(g => new { Name = g.Key, Count = g.Count() })
            .OrderByDescending(n => n.Count)
            .Take(NamesMax)
            .ToListAsync(stop);
        var references = await visible
            .SelectMany(t => t.AuthorityReferences)
            .GroupBy(a => a.Authority)
            .Select(g => new { Name = g.Key, Count = g.Count() })
            .OrderByDescending(n => n.Count)
            .Take(NamesMax)
            .ToListAsync(stop);
        var words = ArabicText.Words(q).ToList();
        return
        [
            .. holders
                .Concat(references)
                .GroupBy(n => ArabicText.Fold(n.Name), StringComparer.Ordinal)
                .Where(same => words.TrueForAll(word => same.Key.Contains(word, StringComparison.Ordinal)))
                .OrderByDescending(same => same.Sum(n => n.Count))
                .ThenBy(same => same.Key, StringComparer.Ordinal)
                .Take(Search.SuggestionsMax)
                // Of several spellings the most usual one.
                .Select(same => same.MaxBy(n => n.Count)!.Name),
        ];
    }

    // The boxes of a form have one name, so that the last value which stands in the query is taken.
    private static async Task<IResult> Options(HttpContext http, SuggestAuthorities useCase, CancellationToken stop)
    {
        var typed = http.Request.Query.Select(q => q.Value.LastOrDefault()).FirstOrDefault();
        var names = await useCase.Handle(typed, stop);
        return TypedResults.Content(string.Concat(names.Select(Offers.Option)), "text/html; charset=utf-8");
    }
}
