using MdcTts.Infrastructure.Saudi;

namespace MdcTts.Features.Audit.Listing;

/// <summary>Stretches of days that people ask for by name.</summary>
public static class AuditPeriod
{
    private const string Today = "today";
    private const string Yesterday = "yesterday";
    private const string Last7Days = "last_7_days";
    private const string LastWeek = "last_week";
    private const string ThisMonth = "this_month";

    public static IReadOnlyList<string> All { get; } = [Today, Yesterday, Last7Days, LastWeek, ThisMonth];

    /// <summary>Its first and last day; a week begins on Sunday. Null for no period.</summary>
    public static (DateOnly From, DateOnly To)? DaysOf(string? period, DateOnly today) =>
        period switch
        {
            Today => (today, today),
            Yesterday => (today.AddDays(-1), today.AddDays(-1)),
            Last7Days => (today.AddDays(-6), today),
            LastWeek => Clock.WeekOf(today.AddDays(-7)),
            ThisMonth => (new(today.Year, today.Month, 1), today),
            _ => null,
        };
}
