using MdcTts.Features.Accounts;
using MdcTts.Features.Transactions;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Dashboards;

/// <summary>
/// Counts for a dashboard in a few passes over what the person may see, instead of one query for each figure.
/// </summary>
internal sealed class DashboardCounts(AppDb db, CurrentUser user, DashboardLists lists)
{
    private readonly DateTime _monthStart = Clock.StartOf(lists.MonthStart);

    private IQueryable<Transaction> Visible => db.Transactions.VisibleTo(user);

    private IQueryable<Transaction> Open => lists.Open.Apply(Visible, db, user, lists.Today);

    public async Task<DashboardNumbers> Take(CancellationToken stop)
    {
        var numbers = await ForEverybody(stop);
        return user.Role switch
        {
            Role.Client => numbers,
            Role.Editor => numbers with { MineByPriority = await MineByPriority(stop) },
            _ => numbers with
            {
                ByMonth = await ByMonth(stop),
                ByAge = await ByAge(stop),
                Workload = await Workload(stop),
            },
        };
    }

    private async Task<DashboardNumbers> ForEverybody(CancellationToken stop)
    {
        var today = lists.Today;
        var (weekStart, weekEnd) = lists.Week;
        var weekAgo = lists.WeekAgo;
        var monthStart = _monthStart;
        var visible = Visible;
        var byStatus = await Open.GroupBy(t => t.Status)
            .Select(g => new
            {
                g.Key,
                All = g.LongCount(),
                DueToday = g.LongCount(t => t.DueDate == today),
                DueThisWeek = g.LongCount(t => t.DueDate >= weekStart && t.DueDate <= weekEnd),
                WithClient = g.LongCount(t => t.HolderKind == HolderKind.Client),
                WithAuthority = g.LongCount(t => t.HolderKind == HolderKind.Authority),
                Unassigned = g.LongCount(t => t.AssigneeId == null),
            })
            .ToListAsync(stop);
        return new()
        {
            ByStatus = byStatus.ToDictionary(s => s.Key, s => s.All, StringComparer.Ordinal),
            DueToday = byStatus.Sum(s => s.DueToday),
            DueThisWeek = byStatus.Sum(s => s.DueThisWeek),
            WithClient = byStatus.Sum(s => s.WithClient),
            WithAuthority = byStatus.Sum(s => s.WithAuthority),
            Unassigned = byStatus.Sum(s => s.Unassigned),
            Overdue = await visible.Overdue(today).LongCountAsync(stop),
            Changed = user.IsClient
                ? await visible.LongCountAsync(t => t.OutsideUpdatedAt >= weekAgo, stop)
                : await visible.LongCountAsync(t => t.UpdatedAt >= weekAgo, stop),
            CompletedThisMonth = await visible.LongCountAsync(t => t.CompletedAt >= monthStart, stop),
        };
    }

    private async Task<Dictionary<Priority, long>> MineByPriority(CancellationToken stop)
    {
        var me = user.Id;
        return await Open.Where(t => t.AssigneeId == me)
            .GroupBy(t => t.Priority)
            .Select(g => new { g.Key, Count = g.LongCount() })
            .ToDictionaryAsync(g => g.Key, g => g.Count, stop);
    }

    private async Task<IReadOnlyList<long>> ByMonth(CancellationToken stop)
    {
        var from = Clock.StartOf(lists.Months[0]);
        var months = await Visible
            .Where(t => t.CreatedAt >= from)
            .GroupBy(t => new { t.CreatedAt.AddHours(3).Year, t.CreatedAt.AddHours(3).Month })
            .Select(g => new
            {
                g.Key.Year,
                g.Key.Month,
                Count = g.LongCount(),
            })
            .ToListAsync(stop);
        return
        [
            .. lists.Months.Select(m =>
                months.SingleOrDefault(x => x.Year == m.Year && x.Month == m.Month)?.Count ?? 0
            ),
        ];
    }

    private async Task<IReadOnlyList<long>> ByAge(CancellationToken stop)
    {
        var tomorrow = Clock.StartOf(lists.Today.AddDays(1));
        var weekAgo = Clock.StartOf(lists.Today.AddDays(-7));
        var daysAgo30 = Clock.StartOf(lists.Today.AddDays(-30));
        var daysAgo60 = Clock.StartOf(lists.Today.AddDays(-60));
        var daysAgo90 = Clock.StartOf(lists.Today.AddDays(-90));
        var ages = await Open.GroupBy(_ => 1)
            .Select(g => new
            {
                First = g.LongCount(t => t.CreatedAt < tomorrow && t.CreatedAt >= weekAgo),
                Second = g.LongCount(t => t.CreatedAt < weekAgo && t.CreatedAt >= daysAgo30),
                Third = g.LongCount(t => t.CreatedAt < daysAgo30 && t.CreatedAt >= daysAgo60),
                Fourth = g.LongCount(t => t.CreatedAt < daysAgo60 && t.CreatedAt >= daysAgo90),
                Fifth = g.LongCount(t => t.CreatedAt < daysAgo90),
            })
            .SingleOrDefaultAsync(stop);
        return ages is null ? [0, 0, 0, 0, 0] : [ages.First, ages.Second, ages.Third, ages.Fourth, ages.Fifth];
    }

    private async Task<IReadOnlyList<DashboardNumbers.Editor>> Workload(CancellationToken stop)
    {
        var monthStart = _monthStart;
        var openStatuses = lists.Open.Statuses;
        var isOverdue = TransactionQueries.OverdueOn(lists.Today);
        var loads = await Visible
            .Where(t => t.AssigneeId != null)
            .GroupBy(t => t.AssigneeId!.Value)
            .Select(g => new
            {
                Id = g.Key,
                Open = g.LongCount(t => openStatuses.Contains(t.Status)),
                Overdue = g.AsQueryable().LongCount(isOverdue),
                Completed = g.LongCount(t => t.CompletedAt >= monthStart),
            })
            .ToDictionaryAsync(g => g.Id, stop);
        var staff = await db
            .Users.Where(u => u.Role != Role.Client && (u.Status == UserStatus.Active || loads.Keys.Contains(u.Id)))
            .OrderBy(u => u.FullName)
            .Select(u => new
            {
                u.Id,
                u.FullName,
                u.Role,
            })
            .ToListAsync(stop);
        return
        [
            .. staff
                .Where(u => u.Role == Role.Editor || loads.GetValueOrDefault(u.Id) is { Open: > 0 })
                .Select(u =>
                    loads.GetValueOrDefault(u.Id) is { } load
                        ? new DashboardNumbers.Editor(u.Id, u.FullName, load.Open, load.Overdue, load.Completed)
                        : new(u.Id, u.FullName, Open: 0, Overdue: 0, Completed: 0)
                )
                .OrderByDescending(editor => editor.Open),
        ];
    }
}
