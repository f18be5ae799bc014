using System.Globalization;
using MdcTts.Features.Accounts;
using MdcTts.Features.Catalogue;
using MdcTts.Features.Transactions;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Dashboards;

/// <summary>
/// Shows what needs somebody's attention, per role. Every figure links to the list behind it and equals that list's
/// count.
/// </summary>
public sealed class ShowDashboard(
    AppDb db,
    CurrentUser user,
    CatalogueCache catalogues,
    CountCache cache,
    ListCounts counts,
    TimeProvider clock
)
{
    /// <summary>A number and the list behind it.</summary>
    public sealed record Figure(string Key, long Count, TransactionFilter List)
    {
        public string Address => TransactionRoutes.Root + List.ToQueryString();
    }

    /// <summary>A number of something that has a name of its own: a status, a month, a span of days.</summary>
    public sealed record Bar(string Key, string Name, TransactionFilter List)
    {
        public long Count { get; init; }

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

        /// <summary>What waits for the client who reads this; empty for staff.</summary>
        public IReadOnlyList<WaitingForClient.Row> Waiting { get; init; } = [];
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
        /// <summary>What waits for the client who asks, the longest first; empty for staff.</summary>
        public IReadOnlyList<WaitingForClient.Row> Waiting { get; init; } = [];

        public sealed record Item(string Key, string Name, long Count, string List);

        public sealed record Person(string Name, long Open, long Overdue, long CompletedThisMonth);
    }

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapGet("/", Home);
        pages.MapGet(DashboardsFeature.Root, Page);
        api.MapGet("/", Json)
            .WithSummary("The numbers of the caller's dashboard, each with the query that lists it")
            .Produces<Answer>();
    }

    public async Task<View> Handle(CancellationToken stop)
    {
        var catalogue = await catalogues.Get(stop);
        var now = clock.Instant();
        var today = Clock.RiyadhDate(now);
        var lists = new DashboardLists(catalogue.Workflow, user, today);
        List<(string Key, TransactionFilter List)> figures = Figures(lists);
        List<Bar> statuses = ByStatus(lists, catalogue.Workflow);
        List<Bar> priorities = user.Role == Role.Editor ? ByPriority(lists) : [];
        List<Bar> ages = user.IsAdmin ? ByAge(lists) : [];
        List<Bar> months = user.IsAdmin ? ByMonth(lists) : [];
        var bars = statuses.Concat(priorities).Concat(ages).Concat(months);
        TransactionFilter[] counted = [.. figures.Select(f => f.List), .. bars.Select(b => b.List)];
        var numbers = new Dictionary<TransactionFilter, long>(ReferenceEqualityComparer.Instance);
        foreach (var (list, number) in counted.Zip(await counts.Count(counted, today, stop)))
            numbers[list] = number;
        var moves = await cache.Get(
            $"moves:{TransactionQueries.ViewOf(user)}:{today}",
            () => RecentMoves.Read(db, user, lists.WeekAgo, stop),
            stop
        );
        var view = new View(
            user,
            now,
            figures.ConvertAll(f => new Figure(f.Key, numbers[f.List], f.List)),
            [.. Counted(statuses).Where(b => b.Count > 0)],
            Counted(priorities),
            Counted(ages),
            Counted(months),
            user.IsAdmin ? await Workload(lists, stop) : [],
            moves,
            catalogue
        );
        if (!user.IsClient)
            return view;
        return view with
        {
            Waiting = await cache.Get(
                $"waiting:{TransactionQueries.ViewOf(user)}",
                () => WaitingForClient.Read(db, user, stop),
                stop
            ),
        };

        List<Bar> Counted(List<Bar> of) => of.ConvertAll(bar => bar with { Count = numbers[bar.List] });
    }

    private static List<Bar> ByStatus(DashboardLists lists, WorkflowMap workflow) =>
        [
            .. lists.Open.Statuses.Select(status => new Bar(
                status,
                workflow[status].Name,
                lists.Open with
                {
                    Statuses = [status],
                }
            )
            {
                Css = workflow[status].Css,
            }),
        ];

    private static List<Bar> ByPriority(DashboardLists lists) =>
        [
            .. Enum.GetValues<Priority>()
                .Reverse()
                .Select(priority => new Bar(
                    Keys.Of(priority),
                    Words.T["priority." + Keys.Of(priority)],
                    lists.Mine with
                    {
                        Priorities = [priority],
                    }
                )),
        ];

    private static List<Bar> ByAge(DashboardLists lists) =>
        [.. lists.Ages.Select(age => new Bar(age.Key, Words.T["dashboard.age." + age.Key], lists.AgedOf(age)))];

    private static List<Bar> ByMonth(DashboardLists lists) =>
        [
            .. lists.Months.Select(month => new Bar(
                month.ToString("yyyy-MM", CultureInfo.InvariantCulture),
                Dates.FormatMonth(month, Words.T.Language),
                DashboardLists.CreatedIn(month)
            )),
        ];

    private sealed record Person(int Id, string FullName, string? NameAr, bool IsEditor, bool IsActive);

    /// <summary>Active editors, and whoever else has something to show.</summary>
    private async Task<List<Load>> Workload(DashboardLists lists, CancellationToken stop)
    {
        TransactionFilter[] kinds = [lists.Open, lists.Overdue, lists.CompletedThisMonth];
        var loads = await counts.CountByAssignee(kinds, lists.Today, stop);
        var staff = await cache.Get("workload staff", ReadStaff, stop, DataMark.Directory);
        return
        [
            .. staff
                .Select(person => (Person: person, Numbers: loads.GetValueOrDefault(person.Id) ?? [0, 0, 0]))
                .Where(l => l.Numbers[0] > 0 || (l.Person.IsEditor && (l.Person.IsActive || l.Numbers.Any(n => n > 0))))
                .OrderByDescending(l => l.Numbers[0])
                .Select(l => new Load(
                    PersonName.Shown(l.Person.FullName, l.Person.NameAr),
                    Of("open", kinds[0], l.Person.Id, l.Numbers[0]),
                    Of("overdue", kinds[1], l.Person.Id, l.Numbers[1]),
                    Of("completed_month", kinds[2], l.Person.Id, l.Numbers[2])
                )),
        ];

        static Figure Of(string key, TransactionFilter list, int assignee, long count) =>
            new(key, count, list with { Assignees = [$"{assignee}"] });

        Task<List<Person>> ReadStaff() =>
            db
                .Users.Where(u => u.Role != Role.Client)
                .ByName()
                .Select(u => new Person(
                    u.Id,
                    u.FullName,
                    u.NameAr,
                    u.Role == Role.Editor,
                    u.Status == UserStatus.Active
                ))
                .ToListAsync(stop);
    }

    private List<(string Key, TransactionFilter List)> Figures(DashboardLists lists) =>
        user.Role switch
        {
            Role.Client =>
            [
                ("open", lists.Open),
                ("with_you", lists.WithClient),
                ("overdue", lists.Overdue),
                ("changed", lists.Changed),
            ],
            Role.Editor =>
            [
                ("mine", lists.Mine),
                ("due_today", lists.DueToday),
                ("due_week", lists.DueThisWeek),
                ("overdue", lists.Overdue),
                ("with_client", lists.WithClient),
                ("with_authority", lists.WithAuthority),
                ("completed_month", lists.CompletedThisMonth),
            ],
            _ =>
            [
                ("open", lists.Open),
                ("due_today", lists.DueToday),
                ("due_week", lists.DueThisWeek),
                ("overdue", lists.Overdue),
                ("unassigned", lists.Unassigned),
                ("with_client", lists.WithClient),
                ("with_authority", lists.WithAuthority),
            ],
        };

    /// <summary>An editor begins the day with what is to be done.</summary>
    private static async Task<IResult> Home(ShowDashboard useCase, CurrentUser user, CancellationToken stop) =>
        user.Role == Role.Editor ? Results.Redirect(TransactionRoutes.Work) : await Page(useCase, stop);

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
            {
                Waiting = view.Waiting,
            }
        );
    }

    /// <summary>The key of what a figure is called.</summary>
    internal static string NameOf(Figure figure) => "dashboard.figure." + figure.Key;

    private static List<Answer.Item> Items(IEnumerable<Bar> bars) =>
        [.. bars.Select(b => new Answer.Item(b.Key, b.Name, b.Count, RouteGroups.Api + b.Address))];
}
