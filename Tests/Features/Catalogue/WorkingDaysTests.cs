using FsCheck.Xunit;
using Xunit;

namespace MdcTts.Features.Catalogue;

[Trait("runs", "once")]
public sealed class WorkingDaysTests
{
    private static readonly CatalogueEntries Catalogue = new(
        new WorkflowMap(DefaultWorkflow.Statuses, DefaultWorkflow.Moves),
        DefaultLists.Items,
        DefaultLists.Holidays(2024, 2029).Select(h => h.Date).ToHashSet()
    );

    [Theory]
    [InlineData("2026-11-22", "2026-11-22", 0)]
    [InlineData("2026-11-22", "2026-11-23", 1)]
    [InlineData("2026-11-19", "2026-11-22", 1)]
    [InlineData("2026-11-22", "2026-11-29", 5)]
    [InlineData("2026-09-22", "2026-09-24", 1)]
    [InlineData("2026-11-29", "2026-11-22", -5)]
    public void Fridays_Saturdays_and_holidays_do_not_count(string from, string to, int days) =>
        Assert.Equal(days, Catalogue.WorkingDays(DateOnly.Parse(from), DateOnly.Parse(to)));

    [Property]
    public bool Counting_by_weeks_equals_counting_by_days(ushort start, ushort length)
    {
        var from = new DateOnly(2024, 1, 1).AddDays(start % 1500);
        var to = from.AddDays(length % 600);
        var days = 0;
        for (var day = from.AddDays(1); day <= to; day = day.AddDays(1))
            if (Catalogue.IsWorkingDay(day))
                days++;
        return Catalogue.WorkingDays(from, to) == days;
    }
}
