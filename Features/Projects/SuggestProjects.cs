using System.Globalization;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Projects;

/// <summary>The active projects that a field for one suggests; with a client, only those of that client.</summary>
public sealed class SuggestProjects(AppDb db)
{
    public static void Map(RouteGroupBuilder pages) =>
        pages.MapGet("/suggestions", List).RequireAuthorization(Policies.Staff);

    public async Task<IReadOnlyList<Suggestion>> Handle(string? q, string? client, CancellationToken stop)
    {
        if (ListSearch.Refuse(q) is not null)
            return [];
        var projects = db.Projects.Where(p => p.IsActive);
        if (int.TryParse(client, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            projects = projects.Where(p => p.ClientId == id);
        foreach (var word in ArabicText.Words(q))
        {
            var (pattern, code) = (TextSearch.Anywhere(word), TextSearch.Anywhere(word.ToUpperInvariant()));
            projects = projects.Where(p =>
                EF.Functions.Like(p.SearchText, pattern, TextSearch.Escape)
                || EF.Functions.Like(p.Code, code, TextSearch.Escape)
            );
        }

        var rows = await projects
            .OrderByDescending(p => p.Code)
            .Take(Search.SuggestionsMax)
            .Select(p => new
            {
                p.Code,
                p.NameEn,
                p.NameAr,
            })
            .ToListAsync(stop);
        return rows.ConvertAll(p => new Suggestion(p.Code, $"{p.Code} · {Words.T.Pick(p.NameEn, p.NameAr)}"));
    }

    private static async Task<IResult> List(
        string? q,
        string? client,
        SuggestProjects useCase,
        CancellationToken stop
    ) => TypedResults.Ok(await useCase.Handle(q, client, stop));
}
