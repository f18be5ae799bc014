using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Xunit;

namespace MdcTts.Infrastructure.Saudi;

[Trait("runs", "once")]
public sealed class HijriDateTests
{
    private static readonly DateOnly First = new(1900, 4, 30);
    private static readonly DateOnly Last = new(2077, 11, 16);

    [Fact]
    public void A_date_has_a_Hijri_form_in_both_languages()
    {
        var date = new DateOnly(2026, 12, 1);

        Assert.Equal("21 Jumada II 1448", HijriDate.Format(date, "en"));
        Assert.Equal("21 جمادى الآخرة 1448هـ", HijriDate.Format(date, "ar"));
        Assert.Equal("15 ذي الحجة 1448هـ", HijriDate.Format(new DateOnly(2027, 5, 21), "ar"));
        Assert.Equal("1448-06-21", HijriDate.ToIso(date));
        Assert.Equal(date, HijriDate.FromParts(1448, 6, 21));
    }

    [Fact]
    public void Outside_the_calendar_there_is_no_Hijri_form()
    {
        Assert.All(
            [First.AddDays(-1), Last.AddDays(1), DateOnly.MinValue, DateOnly.MaxValue],
            date =>
            {
                Assert.Null(HijriDate.Format(date, "en"));
                Assert.Null(HijriDate.ToIso(date));
                Assert.Null(HijriDate.Format(date, "ar"));
            }
        );
        Assert.All([First, Last], date => Assert.NotNull(HijriDate.Format(date, "ar")));
    }

    [Property]
    public Property Hijri_dates_round_trip() =>
        Prop.ForAll(
            Gen.Choose(First.DayNumber, Last.DayNumber).Select(DateOnly.FromDayNumber).ToArbitrary(),
            date =>
            {
                var iso = HijriDate.ToIso(date)!.Split('-').Select(int.Parse).ToArray();
                Assert.Equal(date, HijriDate.FromParts(iso[0], iso[1], iso[2]));
                Assert.True(Dates.TryParse(HijriDate.Format(date, "en"), out var english));
                Assert.Equal(date, english);
                Assert.True(Dates.TryParse(HijriDate.Format(date, "ar"), out var arabic));
                Assert.Equal(date, arabic);
            }
        );

    [Theory]
    [InlineData(1448, 6, 31)]
    [InlineData(1317, 12, 1)]
    [InlineData(2026, 12, 1)]
    public void What_is_no_Hijri_date_is_refused(int year, int month, int day) =>
        Assert.Null(HijriDate.FromParts(year, month, day));

    [Property(MaxTest = 1000)]
    public void Any_parts_give_a_date_or_none(int year, int month, int day)
    {
        var date = HijriDate.FromParts(year, month, day);
        var near = HijriDate.FromParts(1318 + Math.Abs(year % 184), month % 14, day % 33);

        Assert.All([date, near], found => Assert.True(found is null || (found >= First && found <= Last)));
    }
}
