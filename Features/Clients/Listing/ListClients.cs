using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Clients.Listing;

/// <summary>The clients, searched by either name or the CR number.</summary>
public sealed class ListClients(AppDb db, CurrentUser user)
{
    public sealed record Query(string? Q, string? Active, string? Page, string? PageSize);

    public sealed record Filter(string? Search, bool? Active, PageRequest Page)
    {
        /// <summary>The address of this list.</summary>
        public string Address =>
            ClientRoutes.Root
            + QueryText.Of(
                ("q", Search),
                ("active", QueryText.Flag(Active)),
                ("pageSize", QueryText.Size(Page.Size)),
                ("page", QueryText.Page(Page.Page))
            );

        public bool IsNarrowed => Search is not null || Active is not null;

        public Filter On(int page) => this with { Page = Page with { Page = page } };

        public static Result<Filter> From(Query query)
        {
            if (ListSearch.Refuse(query.Q) is { } refused)
                return refused;
            if (query.Active is not (null or "" or "true" or "false"))
                return Problem.NotAllowed("active", query.Active, ["true", "false"]);
            return new Filter(
                PlainText.Trimmed(query.Q),
                string.IsNullOrEmpty(query.Active) ? null : query.Active == "true",
                PageRequest.From(query.Page, query.PageSize)
            );
        }
    }

    public sealed record Row(
        int Id,
        string? NameEn,
        string? NameAr,
        string? CrNumber,
        string? Phone,
        string? Email,
        bool IsActive
    )
    {
        public string Name => Words.T.Pick(NameEn, NameAr);

        /// <summary>The name in the other language, when there is one.</summary>
        public string? OtherName =>
            NameEn is null || NameAr is null ? null
            : Words.T.IsArabic ? NameEn
            : NameAr;
    }

    public sealed record View(Filter Filter, Paged<Row> Rows, int Active, int Inactive, CurrentUser User);

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapGet("/", Page).RequireAuthorization(Policies.Staff);
        api.MapGet("/", Json)
            .RequireAuthorization(Policies.Staff)
            .Produces<ApiPage<ClientBody>>()
            .WithSummary("The clients")
            .WithDescription("`q` finds by either name, the CR number or a contact; `active` is true or false.");
    }

    public async Task<Result<View>> Handle(Query query, CancellationToken stop)
    {
        if (!Filter.From(query).Ok(out var filter, out var problem))
            return problem;
        var matching = Matching(filter);
        var total = await matching.LongCountAsync(stop);
        var rows = await Ordered(matching, filter)
            .Select(c => new Row(c.Id, c.NameEn, c.NameAr, c.CrNumber, c.Phone, c.Email, c.IsActive))
            .ToListAsync(stop);
        var all = await db.Clients.CountAsync(stop);
        var active = await db.Clients.CountAsync(c => c.IsActive, stop);
        return new View(filter, new(rows, filter.Page.Page, filter.Page.Size, total), active, all - active, user);
    }

    /// <summary>A page for scripts, with all fields.</summary>
    public async Task<Result<Paged<ClientBody>>> List(Query query, CancellationToken stop)
    {
        if (!Filter.From(query).Ok(out var filter, out var problem))
            return problem;
        var matching = Matching(filter);
        var total = await matching.LongCountAsync(stop);
        var rows = await Ordered(matching, filter).AsNoTracking().ToListAsync(stop);
        return new Paged<ClientBody>(rows.ConvertAll(ClientBody.Of), filter.Page.Page, filter.Page.Size, total);
    }

    private IQueryable<Client> Matching(Filter filter)
    {
        var clients = filter.Active is { } active ? db.Clients.Where(c => c.IsActive == active) : db.Clients;
        foreach (var word in ArabicText.Words(filter.Search))
        {
            var pattern = TextSearch.Anywhere(word);
            clients = clients.Where(c =>
                EF.Functions.Like(c.SearchText, pattern, TextSearch.Escape)
                || EF.Functions.Like(c.CrNumber!, pattern, TextSearch.Escape)
                || db.ClientContacts.Any(k =>
                    k.ClientId == c.Id && EF.Functions.Like(k.SearchText, pattern, TextSearch.Escape)
                )
            );
        }

        return clients;
    }

    private static IQueryable<Client> Ordered(IQueryable<Client> clients, Filter filter) =>
        clients.ByName().Skip(filter.Page.Skip).Take(filter.Page.Size);

    private static async Task<IResult> Page(
        [AsParameters] Query query,
        ListClients useCase,
        HttpContext http,
        CancellationToken stop
    ) =>
        (await useCase.Handle(query, stop)).Match<IResult>(
            view => http.WantsFragment() ? ClientTable.Create(view) : ClientsPage.Create(view),
            http.HtmlProblem
        );

    private static async Task<IResult> Json(
        [AsParameters] Query query,
        ListClients useCase,
        HttpContext http,
        CancellationToken stop
    ) =>
        (await useCase.List(query, stop)).Match<IResult>(
            page => TypedResults.Ok(ApiPage<ClientBody>.From(page, http)),
            ProblemResults.Json
        );
}
