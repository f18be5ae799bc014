using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Projects.Listing;

/// <summary>The projects, searched by either name, the code or the client.</summary>
public sealed class ListProjects(AppDb db, CurrentUser user)
{
    public sealed record Query(string? Q, string? Client, string? Active, string? Page, string? PageSize);

    public sealed record Filter(string? Search, int? ClientId, bool? Active, PageRequest Page)
    {
        /// <summary>The address of this list.</summary>
        public string Address =>
            ProjectRoutes.Root
            + QueryText.Of(
                ("q", Search),
                ("client", ClientId?.ToString()),
                ("active", QueryText.Flag(Active)),
                ("pageSize", QueryText.Size(Page.Size)),
                ("page", QueryText.Page(Page.Page))
            );

        public bool IsNarrowed => Search is not null || ClientId is not null || Active is not null;

        public Filter On(int page) => this with { Page = Page with { Page = page } };

        public static Result<Filter> From(Query query)
        {
            if (ListSearch.Refuse(query.Q) is { } refused)
                return refused;
            if (query.Active is not (null or "" or "true" or "false"))
                return Problem.NotAllowed("active", query.Active, ["true", "false"]);
            if (!string.IsNullOrEmpty(query.Client) && !int.TryParse(query.Client, out _))
                return Problem.NotAllowed("client", query.Client, ["id"]);
            return new Filter(
                PlainText.Trimmed(query.Q),
                int.TryParse(query.Client, out var client) ? client : null,
                string.IsNullOrEmpty(query.Active) ? null : query.Active == "true",
                PageRequest.From(query.Page, query.PageSize)
            );
        }
    }

    public sealed record Row(
        string Code,
        string? NameEn,
        string? NameAr,
        int ClientId,
        string? ClientEn,
        string? ClientAr,
        bool IsActive
    )
    {
        public string Name => Words.T.Pick(NameEn, NameAr);

        public string Client => Words.T.Pick(ClientEn, ClientAr);
    }

    public sealed record View(Filter Filter, Paged<Row> Rows, int Active, int Inactive, CurrentUser User);

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapGet("/", Page).RequireAuthorization(Policies.Staff);
        api.MapGet("/", Json)
            .RequireAuthorization(Policies.Staff)
            .Produces<ApiPage<ProjectBody>>()
            .WithSummary("The projects")
            .WithDescription(
                "`q` finds by code, either name or the client; `active` is true or false, `client` an id."
            );
    }

    public async Task<Result<View>> Handle(Query query, CancellationToken stop)
    {
        if (!Filter.From(query).Ok(out var filter, out var problem))
            return problem;
        var matching = Matching(filter);
        var total = await matching.LongCountAsync(stop);
        var rows = await Ordered(matching, filter)
            .Select(p => new Row(p.Code, p.NameEn, p.NameAr, p.ClientId, p.Client.NameEn, p.Client.NameAr, p.IsActive))
            .ToListAsync(stop);
        var all = await db.Projects.CountAsync(stop);
        var active = await db.Projects.CountAsync(p => p.IsActive, stop);
        return new View(filter, new(rows, filter.Page.Page, filter.Page.Size, total), active, all - active, user);
    }

    /// <summary>A page for scripts, with all fields.</summary>
    public async Task<Result<Paged<ProjectBody>>> List(Query query, CancellationToken stop)
    {
        if (!Filter.From(query).Ok(out var filter, out var problem))
            return problem;
        var matching = Matching(filter);
        var total = await matching.LongCountAsync(stop);
        var rows = await Ordered(matching, filter).AsNoTracking().ToListAsync(stop);
        return new Paged<ProjectBody>(rows.ConvertAll(ProjectBody.Of), filter.Page.Page, filter.Page.Size, total);
    }

    private IQueryable<Project> Matching(Filter filter)
    {
        IQueryable<Project> projects = db.Projects;
        if (filter.Active is { } active)
            projects = projects.Where(p => p.IsActive == active);
        if (filter.ClientId is { } client)
            projects = projects.Where(p => p.ClientId == client);
        foreach (var word in ArabicText.Words(filter.Search))
        {
            var (pattern, code) = (TextSearch.Anywhere(word), TextSearch.Anywhere(word.ToUpperInvariant()));
            projects = projects.Where(p =>
                EF.Functions.Like(p.SearchText, pattern, TextSearch.Escape)
                || EF.Functions.Like(p.Code, code, TextSearch.Escape)
                || EF.Functions.Like(p.Client.SearchText, pattern, TextSearch.Escape)
            );
        }

        return projects;
    }

    private static IQueryable<Project> Ordered(IQueryable<Project> projects, Filter filter) =>
        projects.ByName().Skip(filter.Page.Skip).Take(filter.Page.Size);

    private static async Task<IResult> Page(
        [AsParameters] Query query,
        ListProjects useCase,
        HttpContext http,
        CancellationToken stop
    ) =>
        (await useCase.Handle(query, stop)).Match<IResult>(
            view => http.WantsFragment() ? ProjectTable.Create(view) : ProjectsPage.Create(view),
            http.HtmlProblem
        );

    private static async Task<IResult> Json(
        [AsParameters] Query query,
        ListProjects useCase,
        HttpContext http,
        CancellationToken stop
    ) =>
        (await useCase.List(query, stop)).Match<IResult>(
            page => TypedResults.Ok(ApiPage<ProjectBody>.From(page, http)),
            ProblemResults.Json
        );
}
