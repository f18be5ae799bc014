using System.Globalization;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Clients;

/// <summary>The active clients that a field for one suggests.</summary>
public sealed class SuggestClients(AppDb db)
{
    public static void Map(RouteGroupBuilder pages) =>
        pages.MapGet("/suggestions", List).RequireAuthorization(Policies.Staff);

    public async Task<IReadOnlyList<Suggestion>> Handle(string? q, CancellationToken stop)
    {
        if (ListSearch.Refuse(q) is not null)
            return [];
        var clients = db.Clients.Where(c => c.IsActive);
        foreach (var word in ArabicText.Words(q))
        {
            var pattern = TextSearch.Anywhere(word);
            clients = clients.Where(c =>
                EF.Functions.Like(c.SearchText, pattern, TextSearch.Escape)
                || EF.Functions.Like(c.CrNumber!, pattern, TextSearch.Escape)
            );
        }

        var rows = await clients
            .ByName()
            .Take(Search.SuggestionsMax)
            .Select(c => new
            {
                c.Id,
                c.NameEn,
                c.NameAr,
            })
            .ToListAsync(stop);
        return rows.ConvertAll(c => new Suggestion(
            c.Id.ToString(CultureInfo.InvariantCulture),
            Words.T.Pick(c.NameEn, c.NameAr)
        ));
    }

    private static async Task<IResult> List(string? q, SuggestClients useCase, CancellationToken stop) =>
        TypedResults.Ok(await useCase.Handle(q, stop));
}
