using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using MdcTts.Infrastructure.Saudi;
using Xunit;

namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>What people and programs write of a day is that day again, over all days.</summary>
[Trait("runs", "once")]
public sealed class WrittenDatesTests
{
    private static readonly string[] ArabicDays =
    [
        "الأحد",
        "الاثنين",
        "الثلاثاء",
        "الأربعاء",
        "الخميس",
        "الجمعة",
        "السبت",
    ];

    private static readonly string[][] Months =
    [
        ["يناير", "January", "Jan", "كانون الثاني", "جانفي"],
        ["فبراير", "February", "Feb", "شباط", "فيفري"],
        ["مارس", "March", "Mar", "آذار"],
        ["أبريل", "April", "Apr", "إبريل", "نيسان"],
        ["مايو", "May", "May", "أيار"],
        ["يونيو", "June", "Jun", "يونيه", "حزيران"],
        ["يوليو", "July", "Jul", "يوليه", "تموز"],
        ["أغسطس", "August", "Aug", "آب"],
        ["سبتمبر", "September", "Sept", "أيلول"],
        ["أكتوبر", "October", "Oct", "تشرين الأول"],
        ["نوفمبر", "November", "Nov", "تشرين الثاني"],
        ["ديسمبر", "December", "Dec", "كانون الأول"],
    ];

    private static readonly string[][] HijriMonths =
    [
        ["محرم", "Muharram", "المحرم"],
        ["صفر", "Safar"],
        ["ربيع الأول", "Rabi I", "Rabi al-Awwal"],
        ["ربيع الآخر", "Rabi II", "ربيع الثاني", "Rabi al-Thani"],
        ["جمادى الأولى", "Jumada I", "Jumada al-Ula"],
        ["جمادى الآخرة", "Jumada II", "جمادى الثانية", "Jumada al-Akhirah"],
        ["رجب", "Rajab"],
        ["شعبان", "Shaban", "Sha'ban"],
        ["رمضان", "Ramadan", "Ramadhan"],
        ["شوال", "Shawwal"],
        ["ذو القعدة", "Dhu al-Qidah", "ذي القعدة", "Dhul Qadah"],
        ["ذو الحجة", "Dhu al-Hijjah", "ذي الحجة", "Dhul Hijjah"],
    ];

    [Property(MaxTest = 300)]
    public Property A_day_in_any_form_is_that_day() =>
        Prop.ForAll(
            Days(1900, 2077),
            day =>
            {
                foreach (var text in Gregorian(day).Concat(Hijri(day)))
                    Same(day, time: null, text);
            }
        );

    [Property(MaxTest = 300)]
    public Property A_year_of_two_digits_is_of_1970_to_2069() =>
        Prop.ForAll(
            Days(1970, 2069),
            day =>
            {
                Same(day, null, Said(day, "dd/MM/yy"));
                Same(day, null, Said(day, "d-M-yy"));
                Same(day, null, Said(day, "dd.MM.yy"));
                Same(day, null, Said(day, "dd-MMM-yy"));
                Same(day, null, Eastern(Said(day, "dd/MM/yy")));
                Same(day, null, $"{day.Day} {Months[day.Month - 1][0]} {Said(day, "yy")}");
            }
        );

    [Property(MaxTest = 300)]
    public Property A_time_of_day_is_read_with_its_day() =>
        Prop.ForAll(
            Days(1900, 2077),
            Gen.Choose(0, (24 * 60 * 60) - 1).ToArbitrary(),
            (day, second) =>
            {
                var time = TimeOnly.MinValue.Add(TimeSpan.FromSeconds(second));
                var minute = new TimeOnly(time.Hour, time.Minute);
                var (half, arabic, word) = time.Hour < 12 ? ("AM", "ص", "صباحًا") : ("PM", "م", "مساءً");
                var twelve = Said(time, "hh:mm:ss");
                foreach (
                    var text in new[] { Said(day, "yyyy-MM-dd"), Said(day, "dd/MM/yyyy"), Said(day, "d MMM yyyy") }
                )
                {
                    Same(day, time, $"{text} {Said(time, "HH:mm:ss")}");
                    Same(day, minute, $"{text} {Said(time, "H:mm")}");
                    Same(day, time, $"{text} {twelve} {half}");
                    Same(day, time, $"{text} {twelve} {half.ToLowerInvariant()}");
                    Same(day, time, $"{text} {twelve} {arabic}");
                    Same(day, time, $"{text} {twelve} {word}");
                    Same(day, minute, $"{text}, {Said(time, "h:mm")} {arabic}");
                    Same(day, time, Eastern($"{text} {twelve} {arabic}"));
                }

                Same(day, time, $"{Said(day, "yyyy-MM-dd")}T{Said(time, "HH:mm:ss")}");
                Same(day, time, $"{Said(day, "yyyy-MM-dd")}T{Said(time, "HH:mm:ss")}.123");
                Same(day, time, $"{Said(day, "yyyy-MM-dd")}T{Said(time, "HH:mm:ss")}+03:00");
                var utc = day.ToDateTime(time).AddHours(-3);
                Same(day, time, utc.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
            }
        );

    [Property(MaxTest = 300)]
    public Property A_day_after_its_month_is_read_where_the_heading_says_so() =>
        Prop.ForAll(
            Days(1970, 2069),
            day =>
            {
                foreach (var form in new[] { "MM/dd/yyyy", "M/d/yyyy", "MM-dd-yyyy", "MM/dd/yy" })
                    Assert.Equal((day, (TimeOnly?)null), WrittenDates.Read(Said(day, form), monthFirst: true));
            }
        );

    [Property(MaxTest = 2_000)]
    public void Reading_never_throws(string text)
    {
        if (WrittenDates.Read(text ?? string.Empty) is { } read)
            Assert.InRange(read.Date.Year, Dates.FirstYear - 1, Dates.LastYear + 1);
        else
            Assert.True(Enum.IsDefined(WrittenDates.Fault(text ?? string.Empty)));
    }

    private static IEnumerable<string> Gregorian(DateOnly day)
    {
        foreach (var form in new[] { "yyyy-MM-dd", "yyyy/M/d", "dd/MM/yyyy", "d/M/yyyy", "dd.MM.yyyy", "d-M-yyyy" })
        {
            yield return Said(day, form);
            yield return Eastern(Said(day, form));
            yield return Said(day, form) + " م";
            yield return "\u200F" + Said(day, form).Replace("/", "\u200F/", StringComparison.Ordinal);
        }

        yield return Said(day, "dd / MM / yyyy");
        yield return Said(day, "yyyyMMdd");
        yield return Said(day, "dddd, MMMM d, yyyy");
        yield return Said(day, "ddd d MMM yyyy");
        yield return Said(day, "MMMM d, yyyy");
        yield return Said(day, "dd-MMM-yyyy");
        foreach (var month in Months[day.Month - 1])
        {
            yield return $"{day.Day} {month} {day.Year}";
            yield return Eastern($"{day.Day:00} {month}، {day.Year}");
            yield return $"{ArabicDays[(int)day.DayOfWeek]} {day.Day} {month} {day.Year} م";
            yield return $"يوم {ArabicDays[(int)day.DayOfWeek]}، {day.Day} {month} {day.Year}";
        }
    }

    private static IEnumerable<string> Hijri(DateOnly day)
    {
        if (HijriDate.ToIso(day) is not { } iso || day < new DateOnly(1900, 5, 1))
            yield break;
        var parts = iso.Split('-').Select(part => int.Parse(part, CultureInfo.InvariantCulture)).ToList();
        var (year, month, date) = (parts[0], parts[1], parts[2]);
        yield return iso;
        yield return $"{date}/{month}/{year} هـ";
        yield return Eastern($"{date:00}/{month:00}/{year}هـ");
        yield return $"{date}-{month}-{year} AH";
        foreach (var name in HijriMonths[month - 1])
        {
            yield return $"{date} {name} {year}";
            yield return Eastern($"{date} {name} {year} هـ");
            yield return $"{ArabicDays[(int)day.DayOfWeek]} {date} {name} {year} هـ";
        }

        yield return $"{date}/{month}/{year} هـ الموافق {Said(day, "d/M/yyyy")} م";
        yield return $"{Said(day, "yyyy-MM-dd")} ({iso})";
    }

    private static void Same(DateOnly day, TimeOnly? time, string text) =>
        Assert.Equal((text, (day, time)), (text, WrittenDates.Read(text)));

    private static string Said(DateOnly day, string form) => day.ToString(form, CultureInfo.InvariantCulture);

    private static string Said(TimeOnly time, string form) => time.ToString(form, CultureInfo.InvariantCulture);

    /// <summary>With the digits that Arabic Excel writes.</summary>
    private static string Eastern(string text) =>
        string.Concat(text.Select(letter => char.IsAsciiDigit(letter) ? (char)('\u0660' + letter - '0') : letter));

    private static Arbitrary<DateOnly> Days(int first, int last) =>
        Gen.Choose(new DateOnly(first, 1, 1).DayNumber, new DateOnly(last, 11, 16).DayNumber)
            .Select(DateOnly.FromDayNumber)
            .ToArbitrary();
}
