using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Xunit;

namespace MdcTts.Infrastructure.Saudi;

[Trait("runs", "once")]
public sealed class DatesTests
{
    [Theory]
    [InlineData("2026-12-01")]
    [InlineData("2026-12-1")]
    [InlineData(" 2026/12/01 ")]
    [InlineData("01/12/2026")]
    [InlineData("1/12/2026")]
    [InlineData("01.12.2026")]
    [InlineData("1-12-2026")]
    [InlineData("1 / 12 / 2026")]
    [InlineData("٢٠٢٦/١٢/٠١")]
    [InlineData("۲۰۲۶/۱۲/۰۱")]
    [InlineData("\u200F01\u200E/12/2026")]
    [InlineData("1 Dec 2026")]
    [InlineData("1-Dec-2026")]
    [InlineData("1 DECEMBER 2026")]
    [InlineData("December 1, 2026")]
    [InlineData("1 ديسمبر 2026")]
    [InlineData("١ ديسمبر، ٢٠٢٦ م")]
    [InlineData("2026-12-01T00:00:00Z")]
    [InlineData("2026-12-01 00:00:00")]
    [InlineData("1448-06-21")]
    [InlineData("1448/6/21 هـ")]
    [InlineData("21/06/1448هـ")]
    [InlineData("٢١/٠٦/١٤٤٨ ه")]
    [InlineData("21.06.1448 AH")]
    [InlineData("21-06-1448 H")]
    [InlineData("21 جمادى الآخرة 1448")]
    [InlineData("21 جمادى الثانية 1448 هـ")]
    [InlineData("21 Jumada II 1448")]
    public void Dates_are_understood_as_people_write_them(string text)
    {
        Assert.True(Dates.TryParse(text, out var date));
        Assert.Equal(new DateOnly(2026, 12, 1), date);
    }

    [Theory]
    [InlineData("3 كانون الثاني 2025", 1)]
    [InlineData("3 شباط 2025", 2)]
    [InlineData("3 آذار 2025", 3)]
    [InlineData("3 نيسان 2025", 4)]
    [InlineData("3 أيار 2025", 5)]
    [InlineData("3 حزيران 2025", 6)]
    [InlineData("3 تموز 2025", 7)]
    [InlineData("3 آب 2025", 8)]
    [InlineData("3 أيلول 2025", 9)]
    [InlineData("3 تشرين الأول 2025", 10)]
    [InlineData("3 تشرين الثاني 2025", 11)]
    [InlineData("3 كانون الأول 2025", 12)]
    [InlineData("3 يوليه 2025", 7)]
    [InlineData("٣ جويلية ٢٠٢٥", 7)]
    public void Months_have_other_names_in_other_countries(string text, int month)
    {
        Assert.True(Dates.TryParse(text, out var date));
        Assert.Equal(new DateOnly(2025, month, 3), date);
    }

    [Theory]
    [InlineData("3 المحرم 1447", 1)]
    [InlineData("3 صفر الخير 1447", 2)]
    [InlineData("3 ربيع أول 1447", 3)]
    [InlineData("3 Rabi al-Awwal 1447", 3)]
    [InlineData("3 ربيع ثاني 1447", 4)]
    [InlineData("3 جماد الأول 1447 هـ", 5)]
    [InlineData("3 جماد الثاني 1447", 6)]
    [InlineData("3 Jumada al-Akhirah 1447", 6)]
    [InlineData("3 Sha'ban 1447", 8)]
    [InlineData("3 Sha\u2019ban 1447", 8)]
    [InlineData("3 رمضان المبارك 1447", 9)]
    [InlineData("3 ذي القعدة 1447", 11)]
    [InlineData("3-ذي الحجة-1447", 12)]
    [InlineData("3 Dhul-Hijjah 1447 AH", 12)]
    public void Hijri_months_are_known_in_every_case_and_spelling(string text, int month)
    {
        Assert.True(Dates.TryParse(text, out var date));
        Assert.Equal(HijriDate.FromParts(1447, month, 3), date);
    }

    [Theory]
    [InlineData("3 أبريل 2025", 4)]
    [InlineData("3 ابريل 2025", 4)]
    [InlineData("3 إبريل 2025", 4)]
    [InlineData("3 أغسطس 2025", 8)]
    [InlineData("3 اكتوبر 2025", 10)]
    [InlineData("3 Sept 2025", 9)]
    [InlineData("03/04/2025", 4)]
    public void The_day_comes_first_and_months_have_names(string text, int month)
    {
        Assert.True(Dates.TryParse(text, out var date));
        Assert.Equal(new DateOnly(2025, month, 3), date);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("2025-02-31")]
    [InlineData("31/02/2025")]
    [InlineData("29/02/2025")]
    [InlineData("2025-13-01")]
    [InlineData("12/31/2025")]
    [InlineData("00/01/2025")]
    [InlineData("0000-00-00")]
    [InlineData("1899-12-31")]
    [InlineData("2200-01-01")]
    [InlineData("1750-01-01")]
    [InlineData("1448-13-01")]
    [InlineData("1448-06-31")]
    [InlineData("1500-12-31")]
    [InlineData("1600-01-01")]
    [InlineData("2026-12-01 هـ")]
    [InlineData("1448-06-21 م")]
    [InlineData("1 Dec 1448")]
    [InlineData("1 Ramadan 2026")]
    [InlineData("1 Foo 2026")]
    [InlineData("01/12/26")]
    [InlineData("2026-12/01")]
    [InlineData("20261201")]
    [InlineData("45803")]
    [InlineData("next week")]
    [InlineData("2026-12-01x")]
    [InlineData("2026-12-01\n2")]
    public void Impossible_dates_are_refused(string? text) => Assert.False(Dates.TryParse(text, out _));

    [Property]
    public Property Dates_round_trip() =>
        Prop.ForAll(
            Any(),
            date =>
            {
                string[] spellings =
                [
                    date.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
                    date.ToString("d/M/yyyy", System.Globalization.CultureInfo.InvariantCulture),
                    date.ToString("dd.MM.yyyy", System.Globalization.CultureInfo.InvariantCulture),
                    Dates.Format(date, "en"),
                    Dates.Format(date, "ar"),
                ];
                Assert.All(
                    spellings,
                    text =>
                    {
                        Assert.True(Dates.TryParse(text, out var read), text);
                        Assert.Equal(date, read);
                    }
                );
            }
        );

    [Property(MaxTest = 1000)]
    public void Reading_never_throws(string text)
    {
        if (Dates.TryParse(text, out var date))
            Assert.InRange(date.Year, Dates.FirstYear, Dates.LastYear);
    }

    [Fact]
    public void Dates_are_written_for_people()
    {
        var date = new DateOnly(2026, 12, 1);

        Assert.Equal("1 Dec 2026", Dates.Format(date, "en"));
        Assert.Equal("1 ديسمبر 2026م", Dates.Format(date, "ar"));
        Assert.Equal("Tuesday, 1 December 2026", Dates.FormatLong(date, "en"));
        Assert.Equal("الثلاثاء 1 ديسمبر 2026م", Dates.FormatLong(date, "ar"));
    }

    [Theory]
    [InlineData("15 ذي الحجة 1448")]
    [InlineData("15 ذو الحجة 1448")]
    [InlineData("15 ذوالحجة 1448 هـ")]
    [InlineData("1 Dhul Hijjah 1448", -14)]
    [InlineData("الجمعة 21 مايو 2027")]
    [InlineData("Friday, 21 May 2027")]
    [InlineData("Fri 21 May 2027")]
    [InlineData("15 ذي الحجة 1448هـ الموافق 21 مايو 2027م")]
    [InlineData("الجمعة 15 ذي الحجة 1448هـ، الموافق 21/5/2027م")]
    [InlineData("15 جمادى الثاني 1448", -177)]
    [InlineData("15 جمادى الأول 1448", -207)]
    [InlineData("15 ربيع ثاني 1448", -237)]
    [InlineData("1 Ramadhan 1448", -102)]
    [InlineData("1 Sha'ban 1448", -132)]
    [InlineData("1 Jumada al-Thani 1448", -191)]
    [InlineData("1 Rabi al-Awwal 1448", -280)]
    public void Dates_are_read_as_people_write_them(string text, int days = 0)
    {
        Assert.True(Dates.TryParse(text, out var date), text);
        Assert.Equal(new DateOnly(2027, 5, 21).AddDays(days), date);
    }

    [Theory]
    [InlineData("الأحد 21 مايو 2027")]
    [InlineData("Monday, 21 May 2027")]
    [InlineData("15 ذي الحجة 1448هـ الموافق 22 مايو 2027م")]
    [InlineData("الموافق")]
    [InlineData("الجمعة")]
    public void A_date_that_contradicts_itself_is_refused(string text) => Assert.False(Dates.TryParse(text, out _));

    [Theory]
    [InlineData("1448/12/15", "ar", "الجمعة 21 مايو 2027م · 15 ذي الحجة 1448هـ")]
    [InlineData("21.5.2027", "en", "Friday, 21 May 2027 · 15 Dhu al-Hijjah 1448")]
    [InlineData("21.13.2027", "en", null)]
    public void What_was_understood_is_said_in_both_calendars(string text, string language, string? echo) =>
        Assert.Equal(echo, Dates.Echo(text, language));

    private static Arbitrary<DateOnly> Any() =>
        Gen.Choose(new DateOnly(Dates.FirstYear, 1, 1).DayNumber, new DateOnly(Dates.LastYear, 12, 31).DayNumber)
            .Select(DateOnly.FromDayNumber)
            .ToArbitrary();
}
