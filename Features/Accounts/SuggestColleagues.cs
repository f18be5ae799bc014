using System.Globalization;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts;

/// <summary>The active staff that a field for one of them suggests.</summary>
public sealed class SuggestColleagues(AppDb db)
{
    public static void Map(RouteGroupBuilder pages) =>
        pages.MapGet("/suggestions", List).RequireAuthorization(Policies.Staff);

    public async Task<IReadOnlyList<Suggestion>> Handle(string? q, CancellationToken stop)
    {
        if (ListSearch.Refuse(q) is not null)
            return [];
        var people = db.Users.Staff();
        foreach (var word in ArabicText.Words(q))
        {
            var (folded, upper) = (TextSearch.Anywhere(word), TextSearch.Anywhere(word.ToUpperInvariant()));
            people = people.Where(u =>
                EF.Functions.Like(u.SearchText, folded, TextSearch.Escape)
                || EF.Functions.Like(u.NormalizedEmail!, upper, TextSearch.Escape)
            );
        }

        var rows = await people
            .ByName()
            .Take(Search.SuggestionsMax)
            .Select(u => new
            {
                u.Id,
                u.FullName,
                u.NameAr,
            })
            .ToListAsync(stop);
        return rows.ConvertAll(u => new Suggestion(
            u.Id.ToString(CultureInfo.InvariantCulture),
            Words.T.Pick(u.FullName, u.NameAr)
        ));
    }

    private static async Task<IResult> List(string? q, SuggestColleagues useCase, CancellationToken stop) =>
        TypedResults.Ok(await useCase.Handle(q, stop));
}
