using MdcTts.Features.Transactions;

namespace MdcTts.Features.Dashboards;

/// <summary>The counts of a dashboard, as <see cref="DashboardCounts"/> takes them.</summary>
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
}
