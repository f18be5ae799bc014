using MdcTts.Features.Catalogue;
using MdcTts.Features.Transactions;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;

namespace MdcTts.Features.Dashboards;

/// <summary>What needs somebody's attention, per role. Every figure is a link to the list that makes it, and equal to that list's count.</summary>
public static class ShowDashboard
{
    /// <summary>A number and the list behind it.</summary>
    public sealed record Figure(string Key, long Count, TransactionFilter List)
    {
        public string Address => TransactionRoutes.Root + List.ToQueryString();
    }

    /// <summary>A number of something that has a name of its own: a status, a month, a span of days.</summary>
    public sealed record Bar(string Key, string Name, long Count, TransactionFilter List)
    {
        /// <summary>CSS classes that colour it, where it is a status.</summary>
        public string? Css { get; init; }

        public string Address => TransactionRoutes.Root + List.ToQueryString();
    }

    /// <summary>An editor's load.</summary>
    public sealed record Load(string Name, Figure Open, Figure Overdue, Figure Completed);

    /// <summary>All the page shows.</summary>
    public sealed record View(
        CurrentUser User,
        DateTime Now,
        IReadOnlyList<Figure> Figures,
        IReadOnlyList<Bar> ByStatus,
        IReadOnlyList<Bar> ByPriority,
        IReadOnlyList<Bar> ByAge,
        IReadOnlyList<Bar> ByMonth,
        IReadOnlyList<Load> Workload,
        IReadOnlyList<RecentMoves.Row> Moves,
        CatalogueEntries Catalogue
    )
    {
        public DateOnly Today { get; } = Clock.RiyadhDate(Now);
    }

    /// <summary>The same for scripts: each number with the query that lists it.</summary>
    public sealed record Answer(
        string Role,
        IReadOnlyList<Answer.Item> Figures,
        IReadOnlyList<Answer.Item> OpenByStatus,
        IReadOnlyList<Answer.Item> OpenByPriority,
        IReadOnlyList<Answer.Item> OpenByAge,
        IReadOnlyList<Answer.Item> CreatedByMonth,
        IReadOnlyList<Answer.Person> Workload
    )
    {
        public sealed record Item(string Key, string Name, long Count, string List);

        public sealed record Person(string Name, long Open, long Overdue, long CompletedThisMonth);
    }

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapGet("/", Page);
        api.MapGet("/", Json)
            .WithSummary("The numbers of the caller's dashboard, each with the query that lists it")
            .Produces<Answer>();
    }

    public static async Task<View> Handle(
        AppDb db,
        CurrentUser user,
        CatalogueCache catalogues,
        CountCache counts,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        var catalogue = await catalogues.Get(stop);
        var now = clock.Instant();
        var lists = new DashboardLists(catalogue.Workflow, user, Clock.RiyadhDate(now));
        var numbers = await counts.GetShared(
            db,
            $"dashboard:{TransactionQueries.Whose(user)}:{lists.Today}",
            () => DashboardNumbers.Count(db, user, lists, stop),
            stop
        );
        var moves = await counts.Get(
            db,
            $"moves:{TransactionQueries.Whose(user)}:{lists.Today}",
            () => RecentMoves.Read(db, user, lists.WeekAgo, stop),
            stop
        );

        return new(
            user,
            now,
            Figures(numbers, lists, user),
            [
                .. lists
                    .Open.Statuses.Select(s => new Bar(
                        s,
                        catalogue.Workflow[s].Name,
                        numbers.ByStatus.GetValueOrDefault(s),
                        lists.Open with
                        {
                            Statuses = [s],
                        }
                    )
                    {
                        Css = catalogue.Workflow[s].Css,
                    })
                    .Where(b => b.Count > 0),
            ],
            user.Role == Role.Editor
                ?
                [
                    .. Enum.GetValues<Priority>()
                        .Reverse()
                        .Select(p => new Bar(
                            Keys.Of(p),
                            Words.T["priority." + Keys.Of(p)],
                            numbers.MineByPriority.GetValueOrDefault(p),
                            lists.Mine with
                            {
                                Priorities = [p],
                            }
                        )),
                ]
                : [],
            user.IsAdmin
                ?
                [
                    .. lists.Ages.Select(
                        (a, i) => new Bar(a.Key, Words.T["dashboard.age." + a.Key], numbers.ByAge[i], lists.AgedOf(a))
                    ),
                ]
                : [],
            user.IsAdmin
                ?
                [
                    .. lists.Months.Select(
                        (m, i) =>
                            new Bar(
                                m.ToString("yyyy-MM", System.Globalization.CultureInfo.InvariantCulture),
                                Dates.FormatMonth(m, Words.T.Language),
                                numbers.ByMonth[i],
                                DashboardLists.CreatedIn(m)
                            )
                    ),
                ]
                : [],
            [
                .. numbers.Workload.Select(w => new Load(
                    w.Name,
                    new("open", w.Open, lists.Open with { Assignees = [$"{w.Id}"] }),
                    new("overdue", w.Overdue, lists.Overdue with { Assignees = [$"{w.Id}"] }),
                    new("completed_month", w.Completed, lists.CompletedThisMonth with { Assignees = [$"{w.Id}"] })
                )),
            ],
            moves,
            catalogue
        );
    }

    private static List<Figure> Figures(DashboardNumbers n, DashboardLists lists, CurrentUser user) =>
        user.Role switch
        {
            Role.Client =>
            [
                new("open", n.Open, lists.Open),
                new("with_you", n.WithClient, lists.WithClient),
                new("overdue", n.Overdue, lists.Overdue),
                new("changed", n.Changed, lists.Changed),
            ],
            Role.Editor =>
            [
                new("mine", n.Mine, lists.Mine),
                new("due_today", n.DueToday, lists.DueToday),
                new("due_week", n.DueThisWeek, lists.DueThisWeek),
                new("overdue", n.Overdue, lists.Overdue),
                new("with_client", n.WithClient, lists.WithClient),
                new("with_authority", n.WithAuthority, lists.WithAuthority),
                new("completed_month", n.CompletedThisMonth, lists.CompletedThisMonth),
            ],
            _ =>
            [
                new("open", n.Open, lists.Open),
                new("due_today", n.DueToday, lists.DueToday),
                new("due_week", n.DueThisWeek, lists.DueThisWeek),
                new("overdue", n.Overdue, lists.Overdue),
                new("unassigned", n.Unassigned, lists.Unassigned),
                new("with_client", n.WithClient, lists.WithClient),
                new("with_authority", n.WithAuthority, lists.WithAuthority),
            ],
        };

    private static async Task<IResult> Page(
        AppDb db,
        CurrentUser user,
        CatalogueCache catalogues,
        CountCache counts,
        TimeProvider clock,
        CancellationToken stop
    ) => DashboardPage.Create(await Handle(db, user, catalogues, counts, clock, stop));

    private static async Task<IResult> Json(
        AppDb db,
        CurrentUser user,
        CatalogueCache catalogues,
        CountCache counts,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        var view = await Handle(db, user, catalogues, counts, clock, stop);
        return TypedResults.Ok(
            new Answer(
                Keys.Of(user.Role),
                [
                    .. view.Figures.Select(f => new Answer.Item(
                        f.Key,
                        Words.T[NameOf(f)],
                        f.Count,
                        RouteGroups.Api + f.Address
                    )),
                ],
                Items(view.ByStatus),
                Items(view.ByPriority),
                Items(view.ByAge),
                Items(view.ByMonth),
                [
                    .. view.Workload.Select(w => new Answer.Person(
                        w.Name,
                        w.Open.Count,
                        w.Overdue.Count,
                        w.Completed.Count
                    )),
                ]
            )
        );
    }

    /// <summary>The key of what a figure is called.</summary>
    internal static string NameOf(Figure figure) => "dashboard.figure." + figure.Key;

    private static List<Answer.Item> Items(IEnumerable<Bar> bars) =>
        [.. bars.Select(b => new Answer.Item(b.Key, b.Name, b.Count, RouteGroups.Api + b.Address))];
}
