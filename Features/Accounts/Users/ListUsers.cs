using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Users;

/// <summary>
/// The people: all of them for admins; for editors the API names the active colleagues that work can be given to.
/// </summary>
public sealed class ListUsers(AppDb db, UserForms forms, TimeProvider clock)
{
    public sealed record Query(string? Q, string? Role, string? Status, string? Client, string? Page, string? PageSize);

    public sealed record Filter(string? Search, Role? Role, UserStatus? Status, int? ClientId, PageRequest Page)
    {
        /// <summary>The address of this list.</summary>
        public string Address =>
            AccountRoutes.Users
            + QueryText.Of(
                ("q", Search),
                ("role", Role is { } r ? Keys.Of(r) : null),
                ("status", Status is { } s ? Keys.Of(s) : null),
                ("client", ClientId?.ToString()),
                ("pageSize", QueryText.Size(Page.Size)),
                ("page", QueryText.Page(Page.Page))
            );

        /// <summary>The query of a file with the same people.</summary>
        public string With(string format) =>
            QueryText.Of(
                ("format", format),
                ("q", Search),
                ("role", Role is { } r ? Keys.Of(r) : null),
                ("status", Status is { } s ? Keys.Of(s) : null),
                ("client", ClientId?.ToString())
            );

        public bool IsNarrowed => Search is not null || Role is not null || Status is not null || ClientId is not null;

        public Filter On(int page) => this with { Page = Page with { Page = page } };

        public static Result<Filter> From(Query query)
        {
            if (ListSearch.Refuse(query.Q) is { } refused)
                return refused;
            if (
                !Key<Role>("role", query.Role).Ok(out var role, out var problem)
                || !Key<UserStatus>("status", query.Status).Ok(out var status, out problem)
            )
                return problem;
            int? client = null;
            if (!string.IsNullOrEmpty(query.Client))
            {
                if (!int.TryParse(query.Client, out var id))
                    return Problem.NotAllowed("client", query.Client, ["id"]);
                client = id;
            }

            return new Filter(
                PlainText.Trimmed(query.Q),
                role.Value,
                status.Value,
                client,
                PageRequest.From(query.Page, query.PageSize)
            );
        }

        private static Result<Chosen<T>> Key<T>(string name, string? text)
            where T : struct, Enum
        {
            if (string.IsNullOrEmpty(text))
                return new Chosen<T>(null);
            return Keys.Find<T>(text) is { } found
                ? new Chosen<T>(found)
                : Problem.NotAllowed(name, text, Keys.All<T>());
        }

        private sealed record Chosen<T>(T? Value)
            where T : struct, Enum;
    }

    public sealed record Row(
        int Id,
        string FullName,
        string Email,
        Role Role,
        UserStatus Status,
        string? ClientEn,
        string? ClientAr,
        string? Company,
        DateTime? LastSignInAt,
        bool IsInvited,
        bool HasSecondFactor
    );

    public sealed record View(
        Filter Filter,
        Paged<Row> Rows,
        IReadOnlyDictionary<UserStatus, int> Counts,
        IReadOnlyList<(string Value, string Name)> Clients,
        DateTime Now
    );

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapGet("/", Page).RequireAuthorization(Policies.Admin);
        api.MapGet("/", Json)
            .RequireAuthorization(Policies.Staff)
            .Produces<ApiPage<UserBody>>()
            .WithSummary("The people")
            .WithDescription(
                "Admins: all, with `q`, `role`, `status`, `client`. Editors: id, name and e-mail of the active staff."
            );
    }

    public async Task<Result<View>> Handle(Query query, CancellationToken stop)
    {
        if (!Filter.From(query).Ok(out var filter, out var problem))
            return problem;
        var people = Matching(Present(db), filter);
        var total = await people.LongCountAsync(stop);
        var rows = await Ordered(people, filter)
            .Select(u => new Row(
                u.Id,
                PersonName.Shown(u.FullName, u.NameAr),
                u.Email!,
                u.Role,
                u.Status,
                u.Client!.NameEn,
                u.Client.NameAr,
                u.Company,
                u.LastSignInAt,
                u.PasswordHash == null && u.Status == UserStatus.Pending && !db.UserLogins.Any(l => l.UserId == u.Id),
                u.TotpSecret != null || db.UserPasskeys.Any(p => p.UserId == u.Id)
            ))
            .ToListAsync(stop);
        var counts = await Present(db)
            .GroupBy(u => u.Status)
            .Select(g => new { g.Key, Count = g.Count() })
            .ToDictionaryAsync(g => g.Key, g => g.Count, stop);
        return new View(
            filter,
            new(rows, filter.Page.Page, filter.Page.Size, total),
            counts,
            await forms.ClientChoices(filter.ClientId, stop),
            clock.Instant()
        );
    }

    /// <summary>An erased person remains as a row for the history only.</summary>
    internal static IQueryable<User> Present(AppDb db) => db.Users.Where(u => u.ErasedAt == null);

    internal static IQueryable<User> Matching(IQueryable<User> people, Filter filter)
    {
        if (filter.Role is { } role)
            people = people.Where(u => u.Role == role);
        if (filter.Status is { } status)
            people = people.Where(u => u.Status == status);
        if (filter.ClientId is { } client)
            people = people.Where(u => u.ClientId == client);
        foreach (var word in ArabicText.Words(filter.Search))
        {
            var (folded, upper) = (TextSearch.Anywhere(word), TextSearch.Anywhere(word.ToUpperInvariant()));
            people = people.Where(u =>
                EF.Functions.Like(u.SearchText, folded, TextSearch.Escape)
                || EF.Functions.Like(u.NormalizedEmail!, upper, TextSearch.Escape)
                || EF.Functions.Like(u.Client!.SearchText, folded, TextSearch.Escape)
            );
        }

        return people;
    }

    private static IQueryable<User> Ordered(IQueryable<User> people, Filter filter) =>
        people.ByName().Skip(filter.Page.Skip).Take(filter.Page.Size);

    /// <summary>For scripts of admins: everybody, with all fields.</summary>
    public async Task<Result<Paged<UserBody>>> ListPeople(Query query, CancellationToken stop)
    {
        if (!Filter.From(query).Ok(out var filter, out var problem))
            return problem;
        var people = Matching(Present(db), filter);
        var total = await people.LongCountAsync(stop);
        var rows = await Ordered(people, filter).AsNoTracking().ToListAsync(stop);
        return new Paged<UserBody>(rows.ConvertAll(UserBody.Of), filter.Page.Page, filter.Page.Size, total);
    }

    /// <summary>For scripts of editors: the active staff.</summary>
    public async Task<Result<Paged<ColleagueBody>>> ListColleagues(Query query, CancellationToken stop)
    {
        if (!Filter.From(query).Ok(out var filter, out var problem))
            return problem;
        var people = Matching(db.Users.Staff(), filter);
        var total = await people.LongCountAsync(stop);
        var rows = await Ordered(people, filter)
            .Select(u => new
            {
                u.Id,
                u.FullName,
                u.NameAr,
                u.Email,
            })
            .ToListAsync(stop);
        var bodies = rows.ConvertAll(u => new ColleagueBody(u.Id.ToString(), u.FullName, u.NameAr, u.Email!));
        return new Paged<ColleagueBody>(bodies, filter.Page.Page, filter.Page.Size, total);
    }

    private static async Task<IResult> Page(
        [AsParameters] Query query,
        ListUsers useCase,
        HttpContext http,
        CancellationToken stop
    ) =>
        (await useCase.Handle(query, stop)).Match<IResult>(
            view => http.WantsFragment() ? UserTable.Create(view) : UsersPage.Create(view),
            http.HtmlProblem
        );

    private static async Task<IResult> Json(
        [AsParameters] Query query,
        CurrentUser user,
        ListUsers useCase,
        HttpContext http,
        CancellationToken stop
    ) =>
        user.IsAdmin
            ? (await useCase.ListPeople(query, stop)).Match<IResult>(
                page => TypedResults.Ok(ApiPage<UserBody>.From(page, http)),
                ProblemResults.Json
            )
            : (await useCase.ListColleagues(query, stop)).Match<IResult>(
                page => TypedResults.Ok(ApiPage<ColleagueBody>.From(page, http)),
                ProblemResults.Json
            );
}
