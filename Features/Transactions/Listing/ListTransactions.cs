using MdcTts.Features.Catalogue;
using MdcTts.Features.Transactions.Live;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Listing;

/// <summary>The register: searched, filtered, sorted and paged within what the person may see. The reference slice.</summary>
public static class ListTransactions
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

    /// <summary>How many there are behind each tab.</summary>
    public sealed record Tabs(long All, long Mine, long Overdue, long WithClient, long ThisWeek);

    /// <summary>All that the page and its fragment show.</summary>
    public sealed record View(
        TransactionFilter Filter,
        Paged<Row> Rows,
        Tabs Tabs,
        Choices Choices,
        CatalogueEntries Catalogue,
        CurrentUser User,
        DateTime Now,
        bool ShowsFilters
    )
    {
        public DateOnly Today { get; } = Clock.RiyadhDate(Now);

        /// <summary>The first and last day of this working week, Sunday to Saturday.</summary>
        public (DateOnly From, DateOnly To) Week => Clock.WeekOf(Today);

        /// <summary>From where on the page hears of changes.</summary>
        public long Mark { get; init; }
    }

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapGet("/", Page);
        api.MapGet("/", Json).WithSummary("The list, by page or, with after and limit, by cursor");
    }

    public static async Task<Result<View>> Handle(
        TransactionQuery query,
        AppDb db,
        CurrentUser user,
        CatalogueCache catalogues,
        CountCache counts,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        var catalogue = await catalogues.Get(stop);
        if (!TransactionFilter.From(query, catalogue).Ok(out var filter, out var problem))
            return problem;

        var now = clock.Instant();
        var today = Clock.RiyadhDate(now);
        var matching = filter.Apply(db.Transactions.VisibleTo(user), db, user, today);
        var tabs = await counts.Get(
            db,
            $"tabs:{TransactionQueries.Whose(user)}:{today}",
            () => CountTabs(db, user, today, stop),
            stop
        );
        var total = filter.IsNarrowed
            ? await counts.Get(
                db,
                $"list:{TransactionQueries.Whose(user)}:{today}:{filter.ToQueryString(paging: false)}",
                () => matching.LongCountAsync(stop),
                stop
            )
            : tabs.All;
        var rows = await PageOf(matching, total, filter, db, user, today).AsRows().ToListAsync(stop);

        var choices = await Choices.For(user, db, counts, stop);
        return new View(
            filter,
            new(rows, filter.Page.Page, filter.Page.Size, total),
            tabs,
            choices,
            catalogue,
            user,
            now,
            query.Filters == "open"
        );
    }

    /// <summary>Projects to lines.</summary>
    public static IQueryable<Row> AsRows(this IQueryable<Transaction> transactions) =>
        transactions.Select(t => new Row(
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
            t.Assignee!.FullName,
            t.DueDate,
            t.UpdatedAt
        ));

    // How a search is best done depends on how many it finds.
    private static IQueryable<Transaction> PageOf(
        IQueryable<Transaction> matching,
        long total,
        TransactionFilter filter,
        AppDb db,
        CurrentUser user,
        DateOnly today
    )
    {
        var (isSearch, isMany) = (filter.Search is not null, total > TransactionFilter.ManyMatches);
        if (isSearch && isMany)
            matching = filter.Apply(db.Transactions.VisibleTo(user), db, user, today, matchesMany: true);
        return filter.Order(matching, isFew: isSearch && !isMany).Skip(filter.Page.Skip).Take(filter.Page.Size);
    }

    private static async Task<Tabs> CountTabs(AppDb db, CurrentUser user, DateOnly today, CancellationToken stop)
    {
        var (from, to) = Clock.WeekOf(today);
        var isOverdue = TransactionQueries.OverdueOn(today);
        return await db
                .Transactions.VisibleTo(user)
                .GroupBy(_ => 1)
                .Select(all => new Tabs(
                    all.LongCount(),
                    all.LongCount(t => t.AssigneeId == user.Id),
                    all.AsQueryable().LongCount(isOverdue),
                    all.LongCount(t => t.HolderKind == HolderKind.Client),
                    all.LongCount(t => t.DueDate >= from && t.DueDate <= to)
                ))
                .SingleOrDefaultAsync(stop)
            ?? new(0, 0, 0, 0, 0);
    }

    private static async Task<IResult> Page(
        [AsParameters] TransactionQuery query,
        AppDb db,
        CurrentUser user,
        CatalogueCache catalogues,
        CountCache counts,
        LiveFeed live,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        // Before anything is read: what comes later is told to the page.
        var mark = live.Mark;
        return (await Handle(query, db, user, catalogues, counts, clock, stop)).Match<IResult>(
            view =>
                http.WantsFragment()
                    ? TransactionTable.Create(view)
                    : TransactionsPage.Create(view with { Mark = mark }),
            http.HtmlProblem
        );
    }

    private static async Task<IResult> Json(
        [AsParameters] TransactionQuery query,
        string? after,
        string? limit,
        AppDb db,
        CurrentUser user,
        CatalogueCache catalogues,
        CountCache counts,
        TrackingLinks links,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (http.Request.Query.Keys.FirstOrDefault(k => !TransactionQuery.Names.Contains(k)) is { } unknown)
            return ProblemResults.Json(Problem.NotAllowed("parameter", unknown, TransactionQuery.Names));
        var catalogue = await catalogues.Get(stop);
        if (!TransactionFilter.From(query, catalogue).Ok(out var filter, out var problem))
            return ProblemResults.Json(problem);

        var today = clock.Today();
        var matching = filter.Apply(db.Transactions.VisibleTo(user), db, user, today);
        if (after is not null || limit is not null)
            return await Walk(matching, after, limit, catalogue, user, links, today, stop);

        var total = await counts.Get(
            db,
            $"list:{TransactionQueries.Whose(user)}:{today}:{filter.ToQueryString(paging: false)}",
            () => matching.LongCountAsync(stop),
            stop
        );
        var facts = await PageOf(matching, total, filter, db, user, today).AsFacts().ToListAsync(stop);
        return Results.Json(
            ApiPage<object>.From(
                new(
                    [.. facts.Select(f => TransactionJson.From(f.ForReader(user), catalogue, user, links, today))],
                    filter.Page.Page,
                    filter.Page.Size,
                    total
                ),
                http
            )
        );
    }

    // By key and not by offset: as fast at the end as at the start, and new rows come after the cursor.
    private static async Task<IResult> Walk(
        IQueryable<Transaction> matching,
        string? after,
        string? limit,
        CatalogueEntries catalogue,
        CurrentUser user,
        TrackingLinks links,
        DateOnly today,
        CancellationToken stop
    )
    {
        if (!Cursor.TryRead(after, out var last))
            return ProblemResults.Json(Problem.NotAllowed("after", after!, ["nextCursor"]));
        var take = PageAsked.From(null, limit ?? "100").Size;
        var facts = await matching
            .Where(t => t.Id > last)
            .OrderBy(t => t.Id)
            .Take(take + 1)
            .AsFacts()
            .ToListAsync(stop);
        var items = facts.Take(take).ToList();
        return Results.Json(
            new
            {
                items = items.Select(f =>
                    (object)TransactionJson.From(f.ForReader(user), catalogue, user, links, today)
                ),
                nextCursor = facts.Count > take ? Cursor.Write(items[^1].Id) : null,
            }
        );
    }
}
