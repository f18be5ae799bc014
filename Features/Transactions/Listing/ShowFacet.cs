using System.Linq.Expressions;
using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Listing;

/// <summary>The values of one filter with their numbers, read when somebody opens its menu.</summary>
public sealed class ShowFacet(
    AppDb db,
    CurrentUser user,
    CatalogueCache catalogues,
    CurrentChoices choices,
    TimeProvider clock
)
{
    public static void Map(RouteGroupBuilder pages) =>
        pages.MapGet("/facets", Page).RequireAuthorization(Policies.SignedIn);

    public async Task<Result<Facet>> Handle(string? field, TransactionQuery query, CancellationToken stop)
    {
        var fields = Facet.FieldsOf(user);
        if (field is null || !fields.Contains(field))
            return Problem.NotAllowed("field", field ?? "", fields);
        var catalogue = await catalogues.Get(stop);
        if (!TransactionFilter.From(query, catalogue).Ok(out var filter, out var problem))
            return problem;
        var counts = await CountBy(field, Facet.Without(field, filter), stop);
        // Also those that are not active any more: their transactions are still in the list.
        var ids = Choices.Chosen.Ids(counts.OrderByDescending(c => c.Value).Take(Facet.ChoicesMax).Select(c => c.Key));
        var chosen = filter.Named() with
        {
            Clients = field == "client" ? [.. filter.Clients, .. ids] : filter.Clients,
            People = field == "assignee" ? [.. Choices.Chosen.Ids(filter.Assignees), .. ids] : filter.Named().People,
        };
        var offered = await choices.Get(chosen, stop);
        return Facet.Of(field, filter, catalogue, offered, user).Counted(counts, offered);
    }

    private async Task<Dictionary<string, long>> CountBy(string field, TransactionFilter rest, CancellationToken stop)
    {
        var matching = rest.Apply(db.Transactions.VisibleTo(user), db, user, clock.Today());
        switch (field)
        {
            case "status":
                return await By(t => t.Status, s => s);
            case "type":
                return await By(t => t.Type, s => s);
            case "priority":
                return await By(t => t.Priority, Keys.Of);
            case "holder":
                return await By(t => t.HolderKind, Keys.Of);
            case "client":
                return await By(t => t.ClientId, Facet.Text);
            default:
                var people = await By(t => t.AssigneeId, id => id is { } some ? Facet.Text(some) : "none");
                people["me"] = people.GetValueOrDefault(Facet.Text(user.Id));
                return people;
        }

        async Task<Dictionary<string, long>> By<T>(Expression<Func<Transaction, T>> key, Func<T, string> text)
        {
            var groups = await matching
                .GroupBy(key)
                .Select(g => new { g.Key, Count = g.LongCount() })
                .ToListAsync(stop);
            return groups.ToDictionary(g => text(g.Key), g => g.Count, StringComparer.Ordinal);
        }
    }

    private static async Task<IResult> Page(
        string? field,
        [AsParameters] TransactionQuery query,
        ShowFacet useCase,
        HttpContext http,
        CancellationToken stop
    ) =>
        (await useCase.Handle(field, query, stop)).Match<IResult>(
            facet => FacetChoices.Create(facet),
            http.HtmlProblem
        );
}
