using System.Globalization;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Comments;

/// <summary>
/// Who can be mentioned in a comment: the staff who may see the transaction, without the one who asks.
/// </summary>
public sealed class SuggestMentions(AppDb db, CurrentUser user)
{
    public static void Map(RouteGroupBuilder pages) =>
        pages.MapGet("/{number}/mentions", List).RequireAuthorization(Policies.Staff);

    public async Task<Result<IReadOnlyList<Suggestion>>> Handle(string number, CancellationToken stop)
    {
        var found = await db.Transactions.FindSeen(number, user, version: null, stop);
        if (!found.Ok(out var transaction, out var problem))
            return problem;
        var people = await db.Users.WhoSee(transaction, user.Sight).Mentionable().ToListAsync(stop);
        return people
            .Where(p => p.Id != user.Id)
            .Select(p => new Suggestion(
                p.Id.ToString(CultureInfo.InvariantCulture),
                PersonName.Shown(p.FullName, p.NameAr)
            ))
            .ToList();
    }

    private static async Task<IResult> List(
        string number,
        SuggestMentions useCase,
        HttpContext http,
        CancellationToken stop
    ) => (await useCase.Handle(number, stop)).Match(people => TypedResults.Ok(people), http.HtmlProblem);
}
