using Xunit;

namespace MdcTts.Infrastructure.Jobs;

[Trait("runs", "once")]
public sealed class CronTests
{
    // Sunday, 12:30 in Riyadh.
    private static readonly DateTime Now = new(2026, 11, 22, 9, 30, 20, DateTimeKind.Utc);

    [Theory]
    [InlineData("* * * * *", "2026-11-22 09:30", "2026-11-22 09:31")]
    [InlineData("45 2 * * *", "2026-11-21 23:45", "2026-11-22 23:45")]
    [InlineData("10 0,6,12,18 * * *", "2026-11-22 09:10", "2026-11-22 15:10")]
    [InlineData("0 2 1 * *", "2026-10-31 23:00", "2026-11-30 23:00")]
    [InlineData("0 3 * * 1", "2026-11-16 00:00", "2026-11-23 00:00")]
    public void It_finds_the_last_and_the_next_time_in_Riyadh(string cron, string last, string next)
    {
        Assert.Equal(last, $"{new Cron(cron).Last(Now, TimeSpan.FromDays(40)):yyyy-MM-dd HH:mm}");
        Assert.Equal(next, $"{new Cron(cron).Next(Now):yyyy-MM-dd HH:mm}");
    }

    [Fact]
    public void What_is_too_long_ago_or_never_is_none()
    {
        Assert.Null(new Cron("0 2 1 * *").Last(Now, TimeSpan.FromDays(1)));
        Assert.Null(new Cron("0 0 30 2 *").Next(Now));
    }

    [Theory]
    [InlineData("* * * *")]
    [InlineData("every day at two")]
    public void What_is_no_cron_is_refused(string text) => Assert.Throws<FormatException>(() => new Cron(text));
}
