using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Live;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Listing;

/// <summary>
/// The register: searched, filtered, sorted and paged within what the person may see. The reference slice.
/// </summary>
public sealed class ListTransactions(
    AppDb db,
    CurrentUser user,
    CatalogueCache catalogues,
    CountCache cache,
    ListCounts counts,
    CurrentChoices choices,
    TrackingLinks links,
    TimeProvider clock
)
{
    /// <summary>One line of the list.</summary>
    public sealed record Row(
        string Number,
        string? Reference,
        string Title,
        string Type,
        Priority Priority,
        string Status,
        Meaning Meaning,
        string? ClientEn,
        string? ClientAr,
        HolderKind HolderKind,
        string? HolderName,
        DateOnly HolderSince,
        string? Assignee,
        DateOnly? DueDate,
        DateTime UpdatedAt
    ) : ITracked;

    /// <summary>All that the page and its fragment show.</summary>
    public sealed record View(
        TransactionFilter Filter,
        Paged<Row> Rows,
        IReadOnlyList<Tab> Tabs,
        Choices Choices,
        CatalogueEntries Catalogue,
        CurrentUser User,
        DateTime Now,
        bool ShowsFilters
    )
    {
        public DateOnly Today { get; } = Clock.RiyadhDate(Now);

        /// <summary>A page was asked for that the list does not have.</summary>
        public bool IsBeyondEnd => Rows.Items.Count == 0 && Rows.Total > 0;

        /// <summary>From where on the page hears of changes.</summary>
        public string Mark { get; init; } = "";
    }

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapGet("/", Page).RequireAuthorization(Policies.SignedIn);
        api.MapGet("/", Json)
            .RequireAuthorization(Policies.SignedIn)
            .WithSummary("The list, by page or, with after and limit, by cursor");
    }

    /// <summary>What was asked for, understood: page and JSON start here.</summary>
    private sealed record Found(TransactionFilter Filter, CatalogueEntries Catalogue, DateTime Now)
    {
        public DateOnly Today { get; } = Clock.RiyadhDate(Now);
    }

    private async Task<Result<Found>> Find(TransactionQuery query, CancellationToken stop, bool keepsUnread = false)
    {
        var catalogue = await catalogues.Get(stop);
        if (!TransactionFilter.From(query, catalogue, keepsUnread).Ok(out var filter, out var problem))
            return problem;
        return new Found(filter, catalogue, clock.Instant());
    }

    // Built only where it is asked: most pages are remembered, and a query takes longer to build than to look up.
    private IQueryable<Transaction> Matching(Found found, bool matchesMany = false) =>
        found.Filter.Apply(db.Transactions.VisibleTo(user), db, user, found.Today, matchesMany);

    public async Task<Result<View>> Handle(TransactionQuery query, CancellationToken stop)
    {
        if (!(await Find(query, stop, keepsUnread: true)).Ok(out var found, out var problem))
            return problem;

        var tabs = await Tabs(found, stop);
        var total =
            tabs.FirstOrDefault(t => t.Shows(found.Filter))?.Count
            ?? await counts.Count(found.Filter, found.Today, stop);
        var rows = await Rows(found, total, stop);
        var page = found.Filter.Page;
        return new View(
            found.Filter,
            new(rows, page.Page, page.Size, total),
            tabs,
            await choices.Get(found.Filter.Named(), stop),
            found.Catalogue,
            user,
            found.Now,
            ShowsFilters: query.Filters == "open"
        );
    }

    /// <summary>A page for scripts, with all fields.</summary>
    public async Task<Result<Paged<TransactionJson>>> List(TransactionQuery query, CancellationToken stop)
    {
        if (!(await Find(query, stop)).Ok(out var found, out var problem))
            return problem;
        var total = await counts.Count(found.Filter, found.Today, stop);
        var facts = await PageOf(found, total, t => t.AsFacts(), stop);
        var page = found.Filter.Page;
        return new Paged<TransactionJson>(facts.ConvertAll(f => JsonOf(f, found)), page.Page, page.Size, total);
    }

    /// <summary>A stretch of all of it, for scripts that walk through everything.</summary>
    public sealed record Stretch(IReadOnlyList<TransactionJson> Items, string? NextCursor);

    /// <summary>
    /// By key and not by offset: as fast at the end as at the start, and new rows come after the cursor.
    /// </summary>
    public async Task<Result<Stretch>> Walk(
        TransactionQuery query,
        string? after,
        string? limit,
        CancellationToken stop
    )
    {
        if (!(await Find(query, stop)).Ok(out var found, out var problem))
            return problem;
        if (!Cursor.TryRead(after, out var last))
            return Problem.NotAllowed("after", after!, ["nextCursor"]);
        var take = PageRequest.From(null, limit ?? "100").Size;
        var facts = await Matching(found)
            .Where(t => t.Id > last)
            .OrderBy(t => t.Id)
            .Take(take + 1)
            .AsFacts()
            .ToListAsync(stop);
        var items = facts.Take(take).ToList();
        var next = facts.Count > take ? Cursor.Write(items[^1].Id) : null;
        return new Stretch(items.ConvertAll(f => JsonOf(f, found)), next);
    }

    private TransactionJson JsonOf(TransactionFacts facts, Found found) =>
        TransactionJson.From(facts.ForReader(user), found.Catalogue, user, links, found.Today);

    // How a search is best done depends on how many it finds.
    private async Task<List<T>> PageOf<T>(
        Found found,
        long total,
        Func<IQueryable<Transaction>, IQueryable<T>> read,
        CancellationToken stop
    )
    {
        var filter = found.Filter;
        var isSearch = filter.Search is not null;
        var isMany = total > TransactionFilter.ManyMatches;
        var matching = Matching(found, matchesMany: isSearch && isMany);
        var (page, skip) = (new List<T>(), filter.Page.Skip);
        foreach (var part in filter.Parts(matching, user))
        {
            if (page.Count > 0)
                skip = 0;
            var ordered = filter.Order(part, user, isFew: isSearch && !isMany);
            page.AddRange(await read(ordered.Skip(skip).Take(filter.Page.Size - page.Count)).ToListAsync(stop));
            if (page.Count == filter.Page.Size)
                break;
            // The page lies behind this part.
            if (page.Count == 0 && skip > 0)
                skip = Math.Max(0, skip - await part.CountAsync(stop));
        }

        return page;
    }

    // The page that people come back to all day is remembered as its counts are; others are not worth their memory.
    private Task<List<Row>> Rows(Found found, long total, CancellationToken stop)
    {
        return found.Filter is { Search: null, Page: { Page: 1, Size: PageRequest.SizeDefault } }
            ? cache.Get(KeyOf(found), Read, stop)
            : Read();

        Task<List<Row>> Read() => PageOf(found, total, t => t.AsRows(user), stop);
    }

    private string KeyOf(Found found) =>
        $"rows:{Words.T.Language}:{TransactionQueries.ViewOf(user)}:{found.Today}:"
        + found.Filter.ToQueryString(paging: false);

    private async Task<IReadOnlyList<Tab>> Tabs(Found found, CancellationToken stop)
    {
        var tabs = Tab.Of(found.Filter, user, found.Today);
        var rest = tabs[0].Filter;
        var count = await counts.CountWithin(rest, [.. tabs.Select(t => (t.Filter, t.Part))], found.Today, stop);
        return [.. tabs.Zip(count, (tab, number) => tab with { Count = number })];
    }

    private static async Task<IResult> Page(
        [AsParameters] TransactionQuery query,
        ListTransactions useCase,
        LiveFeed live,
        HttpContext http,
        CancellationToken stop
    )
    {
        // Before anything is read, so that the page hears of every later change.
        var mark = live.Mark;
        if (!(await useCase.Handle(query, stop)).Ok(out var view, out var problem))
            return http.HtmlProblem(problem);
        var status = view.Filter.Unread.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest;
        if (!http.WantsFragment())
            return TransactionsPage.Create(view with { Mark = mark }).Status(status);
        // Without the fields that a form sends empty.
        if (!view.ShowsFilters)
            http.Response.Headers["HX-Push-Url"] = TransactionRoutes.Root + view.Filter.ToQueryString();
        return TransactionTable.Create(view).Status(status);
    }

    private static async Task<IResult> Json(
        [AsParameters] TransactionQuery query,
        string? after,
        string? limit,
        ListTransactions useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (http.Request.Query.Keys.FirstOrDefault(k => !TransactionQuery.Names.Contains(k)) is { } unknown)
            return ProblemResults.Json(Problem.NotAllowed("parameter", unknown, TransactionQuery.Names));
        if (after is not null || limit is not null)
            return (await useCase.Walk(query, after, limit, stop)).Match(
                stretch => Results.Json(new { items = stretch.Items.Cast<object>(), nextCursor = stretch.NextCursor }),
                ProblemResults.Json
            );
        return (await useCase.List(query, stop)).Match(
            page => Results.Json(ApiPage<object>.From(page.Select(json => (object)json), http)),
            ProblemResults.Json
        );
    }
}

/// <summary>Reading the lines of the list.</summary>
public static class TransactionRows
{
    /// <summary>Projects to lines; the date of update is that of the last thing the reader may know.</summary>
    public static IQueryable<ListTransactions.Row> AsRows(
        this IQueryable<Transaction> transactions,
        CurrentUser user
    ) =>
        transactions.Select(t => new ListTransactions.Row(
            t.Number,
            t.ReferenceNumber,
            t.Title,
            t.Type,
            t.Priority,
            t.Status,
            t.Meaning,
            t.Client.NameEn,
            t.Client.NameAr,
            t.HolderKind,
            t.HolderName,
            t.HolderSince,
            PersonName.Shown(t.Assignee!.FullName, t.Assignee.NameAr),
            t.DueDate,
            user.IsClient ? t.OutsideUpdatedAt : t.UpdatedAt
        ));
}
