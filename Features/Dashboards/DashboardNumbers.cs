using MdcTts.Features.Accounts;
using MdcTts.Features.Transactions;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Dashboards;

/// <summary>The counts of a dashboard, taken in a few passes over what the person may see instead of one query a figure.</summary>
public sealed record DashboardNumbers
{
    public sealed record Editor(int Id, string Name, long Open, long Overdue, long Completed);

    public long Open => ByStatus.Values.Sum();
    public IReadOnlyDictionary<string, long> ByStatus { get; init; } =
        new Dictionary<string, long>(StringComparer.Ordinal);
    public IReadOnlyDictionary<Priority, long> MineByPriority { get; init; } = new Dictionary<Priority, long>();
    public long Mine => MineByPriority.Values.Sum();
    public long DueToday { get; init; }
    public long DueThisWeek { get; init; }
    public long Overdue { get; init; }
    public long WithClient { get; init; }
    public long WithAuthority { get; init; }
    public long Unassigned { get; init; }
    public long Changed { get; init; }
    public long CompletedThisMonth { get; init; }

    /// <summary>In the order of <see cref="DashboardLists.Ages"/>; admins only.</summary>
    public IReadOnlyList<long> ByAge { get; init; } = [];

    /// <summary>In the order of <see cref="DashboardLists.Months"/>; admins only.</summary>
    public IReadOnlyList<long> ByMonth { get; init; } = [];
    public IReadOnlyList<Editor> Workload { get; init; } = [];

    public static async Task<DashboardNumbers> Count(
        AppDb db,
        CurrentUser user,
        DashboardLists lists,
        CancellationToken stop
    )
    {
        var (today, week, me) = (lists.Today, lists.Week, user.Id);
        var month = Clock.StartOf(lists.MonthStart);
        var visible = db.Transactions.VisibleTo(user);
        var open = lists.Open.Apply(visible, db, user, today);

        var byStatus = await open.GroupBy(t => t.Status)
            .Select(g => new
            {
                g.Key,
                All = g.LongCount(),
                DueToday = g.LongCount(t => t.DueDate == today),
                DueThisWeek = g.LongCount(t => t.DueDate >= week.From && t.DueDate <= week.To),
                WithClient = g.LongCount(t => t.HolderKind == HolderKind.Client),
                WithAuthority = g.LongCount(t => t.HolderKind == HolderKind.Authority),
                Unassigned = g.LongCount(t => t.AssigneeId == null),
            })
            .ToListAsync(stop);
        var numbers = new DashboardNumbers
        {
            ByStatus = byStatus.ToDictionary(s => s.Key, s => s.All, StringComparer.Ordinal),
            DueToday = byStatus.Sum(s => s.DueToday),
            DueThisWeek = byStatus.Sum(s => s.DueThisWeek),
            WithClient = byStatus.Sum(s => s.WithClient),
            WithAuthority = byStatus.Sum(s => s.WithAuthority),
            Unassigned = byStatus.Sum(s => s.Unassigned),
            Overdue = await visible.Overdue(today).LongCountAsync(stop),
            Changed = user.IsClient
                ? await visible.LongCountAsync(t => t.OutsideUpdatedAt >= lists.WeekAgo, stop)
                : await visible.LongCountAsync(t => t.UpdatedAt >= lists.WeekAgo, stop),
            CompletedThisMonth = await visible.LongCountAsync(t => t.CompletedAt >= month, stop),
        };
        return user.Role switch
        {
            Role.Client => numbers,
            Role.Editor => numbers with
            {
                MineByPriority = await open.Where(t => t.AssigneeId == me)
                    .GroupBy(t => t.Priority)
                    .Select(g => new { g.Key, Count = g.LongCount() })
                    .ToDictionaryAsync(g => g.Key, g => g.Count, stop),
            },
            _ => await WithFirm(numbers, db, visible, open, lists, month, stop),
        };
    }

    private static async Task<DashboardNumbers> WithFirm(
        DashboardNumbers numbers,
        AppDb db,
        IQueryable<Transaction> visible,
        IQueryable<Transaction> open,
        DashboardLists lists,
        DateTime month,
        CancellationToken stop
    )
    {
        var days = await visible
            .Where(t => t.CreatedAt >= Clock.StartOf(lists.Months[0]))
            .GroupBy(t => new { t.CreatedAt.AddHours(3).Year, t.CreatedAt.AddHours(3).Month })
            .Select(g => new
            {
                g.Key.Year,
                g.Key.Month,
                Count = g.LongCount(),
            })
            .ToListAsync(stop);
        var (a, b, c, d, e) = (
            Clock.StartOf(lists.Today.AddDays(1)),
            Clock.StartOf(lists.Today.AddDays(-7)),
            Clock.StartOf(lists.Today.AddDays(-30)),
            Clock.StartOf(lists.Today.AddDays(-60)),
            Clock.StartOf(lists.Today.AddDays(-90))
        );
        var ages = await open.GroupBy(_ => 1)
            .Select(g => new
            {
                First = g.LongCount(t => t.CreatedAt < a && t.CreatedAt >= b),
                Second = g.LongCount(t => t.CreatedAt < b && t.CreatedAt >= c),
                Third = g.LongCount(t => t.CreatedAt < c && t.CreatedAt >= d),
                Fourth = g.LongCount(t => t.CreatedAt < d && t.CreatedAt >= e),
                Fifth = g.LongCount(t => t.CreatedAt < e),
            })
            .SingleOrDefaultAsync(stop);
        var isOverdue = TransactionQueries.OverdueOn(lists.Today);
        var loads = await visible
            .Where(t => t.AssigneeId != null)
            .GroupBy(t => t.AssigneeId!.Value)
            .Select(g => new
            {
                Id = g.Key,
                Open = g.LongCount(t => lists.Open.Statuses.Contains(t.Status)),
                Overdue = g.AsQueryable().LongCount(isOverdue),
                Completed = g.LongCount(t => t.CompletedAt >= month),
            })
            .ToDictionaryAsync(g => g.Id, stop);
        var editors = await db
            .Users.Where(u => u.Role != Role.Client && (u.Status == UserStatus.Active || loads.Keys.Contains(u.Id)))
            .OrderBy(u => u.FullName)
            .Select(u => new
            {
                u.Id,
                u.FullName,
                u.Role,
            })
            .ToListAsync(stop);

        return numbers with
        {
            ByMonth =
            [
                .. lists.Months.Select(m =>
                    days.SingleOrDefault(x => x.Year == m.Year && x.Month == m.Month)?.Count ?? 0
                ),
            ],
            ByAge = ages is null ? [0, 0, 0, 0, 0] : [ages.First, ages.Second, ages.Third, ages.Fourth, ages.Fifth],
            Workload =
            [
                .. editors
                    .Where(u => u.Role == Role.Editor || loads.GetValueOrDefault(u.Id) is { Open: > 0 })
                    .Select(u =>
                        loads.GetValueOrDefault(u.Id) is { } l
                            ? new Editor(u.Id, u.FullName, l.Open, l.Overdue, l.Completed)
                            : new(u.Id, u.FullName, 0, 0, 0)
                    )
                    .OrderByDescending(w => w.Open),
            ],
        };
    }
}
