namespace MdcTts.Infrastructure.Saudi;

/// <summary>Time as the firm knows it.</summary>
public static class Clock
{
    /// <summary>Asia/Riyadh: UTC+3 the whole year.</summary>
    public static readonly TimeZoneInfo Riyadh = TimeZoneInfo.CreateCustomTimeZone(
        "Asia/Riyadh",
        TimeSpan.FromHours(3),
        "Asia/Riyadh",
        "Asia/Riyadh"
    );

    /// <summary>Now in UTC, cut to milliseconds so that both databases keep exactly the same instant.</summary>
    public static DateTime Instant(this TimeProvider clock)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return new(now.Ticks - now.Ticks % TimeSpan.TicksPerMillisecond, DateTimeKind.Utc);
    }

    /// <summary>Today's date in Riyadh.</summary>
    public static DateOnly Today(this TimeProvider clock) => RiyadhDate(clock.Instant());

    /// <summary>The date in Riyadh of an instant.</summary>
    public static DateOnly RiyadhDate(DateTime utc) => DateOnly.FromDateTime(RiyadhTime(utc));

    /// <summary>The week around a day, Sunday to Saturday.</summary>
    public static (DateOnly From, DateOnly To) WeekOf(DateOnly day) =>
        (day.AddDays(-(int)day.DayOfWeek), day.AddDays(6 - (int)day.DayOfWeek));

    /// <summary>The wall clock in Riyadh at an instant.</summary>
    public static DateTime RiyadhTime(DateTime utc) => DateTime.SpecifyKind(utc, DateTimeKind.Unspecified).AddHours(3);

    /// <summary>The instant at which the wall clock in Riyadh shows this.</summary>
    public static DateTime InstantOf(DateTime riyadh) => DateTime.SpecifyKind(riyadh, DateTimeKind.Utc).AddHours(-3);

    /// <summary>The first instant of a date in Riyadh.</summary>
    public static DateTime StartOf(DateOnly riyadhDate) => InstantOf(riyadhDate.ToDateTime(TimeOnly.MinValue));
}
