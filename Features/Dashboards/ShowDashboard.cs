using System.Globalization;
using MdcTts.Features.Catalogue;
using MdcTts.Features.Transactions;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;

namespace MdcTts.Features.Dashboards;

/// <summary>
/// Shows what needs somebody's attention, per role. Every figure links to the list behind it and equals that list's
/// count.
/// </summary>
public sealed class ShowDashboard(
    AppDb db,
    CurrentUser user,
    CatalogueCache catalogues,
    CountCache counts,
    TimeProvider clock
)
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

    public sealed record Load(string Name, Figure Open, Figure Overdue, Figure Completed);

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

    public async Task<View> Handle(CancellationToken stop)
    {
        var catalogue = await catalogues.Get(stop);
        var now = clock.Instant();
        var lists = new DashboardLists(catalogue.Workflow, user, Clock.RiyadhDate(now));
        var view = TransactionQueries.ViewOf(user);
        var numbers = await counts.GetShared(
            $"dashboard:{view}:{lists.Today}",
            () => new DashboardCounts(db, user, lists).Take(stop),
            stop
        );
        var moves = await counts.Get(
            $"moves:{view}:{lists.Today}",
            () => RecentMoves.Read(db, user, lists.WeekAgo, stop),
            stop
        );
        return new(
            user,
            now,
            Figures(numbers, lists),
            ByStatus(numbers, lists, catalogue.Workflow),
            user.Role == Role.Editor ? ByPriority(numbers, lists) : [],
            user.IsAdmin ? ByAge(numbers, lists) : [],
            user.IsAdmin ? ByMonth(numbers, lists) : [],
            Workload(numbers, lists),
            moves,
            catalogue
        );
    }

    private static List<Bar> ByStatus(DashboardNumbers numbers, DashboardLists lists, WorkflowMap workflow) =>
        [
            .. lists
                .Open.Statuses.Select(status =>
                {
                    var list = lists.Open with { Statuses = [status] };
                    var count = numbers.ByStatus.GetValueOrDefault(status);
                    return new Bar(status, workflow[status].Name, count, list) { Css = workflow[status].Css };
                })
                .Where(b => b.Count > 0),
        ];

    private static List<Bar> ByPriority(DashboardNumbers numbers, DashboardLists lists) =>
        [
            .. Enum.GetValues<Priority>()
                .Reverse()
                .Select(priority =>
                {
                    var key = Keys.Of(priority);
                    var list = lists.Mine with { Priorities = [priority] };
                    var count = numbers.MineByPriority.GetValueOrDefault(priority);
                    return new Bar(key, Words.T["priority." + key], count, list);
                }),
        ];

    private static List<Bar> ByAge(DashboardNumbers numbers, DashboardLists lists) =>
        [
            .. lists.Ages.Select(
                (age, i) => new Bar(age.Key, Words.T["dashboard.age." + age.Key], numbers.ByAge[i], lists.AgedOf(age))
            ),
        ];

    private static List<Bar> ByMonth(DashboardNumbers numbers, DashboardLists lists) =>
        [
            .. lists.Months.Select(
                (month, i) =>
                    new Bar(
                        month.ToString("yyyy-MM", CultureInfo.InvariantCulture),
                        Dates.FormatMonth(month, Words.T.Language),
                        numbers.ByMonth[i],
                        DashboardLists.CreatedIn(month)
                    )
            ),
        ];

    private static List<Load> Workload(DashboardNumbers numbers, DashboardLists lists) =>
        [
            .. numbers.Workload.Select(editor =>
            {
                string[] assignees = [$"{editor.Id}"];
                return new Load(
                    editor.Name,
                    new("open", editor.Open, lists.Open with { Assignees = assignees }),
                    new("overdue", editor.Overdue, lists.Overdue with { Assignees = assignees }),
                    new("completed_month", editor.Completed, lists.CompletedThisMonth with { Assignees = assignees })
                );
            }),
        ];

    private List<Figure> Figures(DashboardNumbers n, DashboardLists lists) =>
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

    private static async Task<IResult> Page(ShowDashboard useCase, CancellationToken stop) =>
        DashboardPage.Create(await useCase.Handle(stop));

    private static async Task<IResult> Json(ShowDashboard useCase, CancellationToken stop)
    {
        var view = await useCase.Handle(stop);
        return TypedResults.Ok(
            new Answer(
                Keys.Of(view.User.Role),
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
