using MdcTts.Features.Catalogue;
using MdcTts.Features.Transactions;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;

namespace MdcTts.Features.Dashboards;

/// <summary>The lists behind the figures, as the filters that make them.</summary>
public sealed class DashboardLists(WorkflowMap workflow, CurrentUser user, DateOnly today)
{
    private const int MonthsShown = 12;

    /// <summary>A span of days since creation, both ends included; null has no end.</summary>
    public sealed record Age(string Key, int From, int? To);

    public DateOnly Today { get; } = today;

    public (DateOnly From, DateOnly To) Week { get; } = Clock.WeekOf(today);

    public DateOnly MonthStart { get; } = new(today.Year, today.Month, 1);

    /// <summary>The start of the day a week ago, so that the link stays the same all day.</summary>
    public DateTime WeekAgo { get; } = Clock.StartOf(today.AddDays(-7));

    public IReadOnlyList<Age> Ages { get; } =
    [new("0-7", 0, 7), new("8-30", 8, 30), new("31-60", 31, 60), new("61-90", 61, 90), new("90+", 91, null)];

    /// <summary>The first days of the last twelve months, this one last.</summary>
    public IReadOnlyList<DateOnly> Months { get; } =
    [
        .. Enumerable
            .Range(0, MonthsShown)
            .Select(i => new DateOnly(today.Year, today.Month, 1).AddMonths(i - MonthsShown + 1)),
    ];

    public TransactionFilter Open { get; } =
        new() { Statuses = [.. workflow.StatusesFor(user.Role).Where(s => !s.IsEnd).Select(s => s.Key)] };

    public TransactionFilter Mine => Open with { Assignees = ["me"] };

    public TransactionFilter Unassigned => Open with { Assignees = ["none"] };

    public TransactionFilter DueToday => Open with { DueFrom = Today, DueTo = Today };

    public TransactionFilter DueThisWeek => Open with { DueFrom = Week.From, DueTo = Week.To };

    public TransactionFilter Overdue { get; } = new() { Overdue = true };

    public TransactionFilter WithClient => Open with { Holders = [HolderKind.Client] };

    public TransactionFilter WithAuthority => Open with { Holders = [HolderKind.Authority] };

    public TransactionFilter Changed => new() { UpdatedSince = WeekAgo };

    public TransactionFilter CompletedThisMonth => new() { CompletedFrom = MonthStart };

    /// <summary>Open ones of an age.</summary>
    public TransactionFilter AgedOf(Age age) =>
        Open with
        {
            CreatedFrom = age.To is { } to ? Today.AddDays(-to) : null,
            CreatedTo = Today.AddDays(-age.From),
        };

    /// <summary>All created in a month.</summary>
    public static TransactionFilter CreatedIn(DateOnly month) =>
        new() { CreatedFrom = month, CreatedTo = month.AddMonths(1).AddDays(-1) };
}
