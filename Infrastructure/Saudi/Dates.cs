using System.Collections.Frozen;
using System.Globalization;
using System.Text.RegularExpressions;
using MdcTts.Infrastructure.Text;

namespace MdcTts.Infrastructure.Saudi;

/// <summary>Calendar dates as people type, import and read them.</summary>
/// <remarks>
/// Day before month, as in Saudi Arabia: 03/04/2026 is the third of April. A year below 1700 is a Hijri one.
/// </remarks>
public static partial class Dates
{
    /// <summary>The first year accepted.</summary>
    public const int FirstYear = 1900;

    /// <summary>The last year accepted.</summary>
    public const int LastYear = 2199;

    private const int FirstYearNotHijri = 1700;
    private const int MaxLength = 120;
    private const int TimeoutMilliseconds = 2_000;

    /// <summary>Gregorian as machines write it, <c>2026-12-01</c>; null of none.</summary>
    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(date))]
    public static string? Iso(DateOnly? date) => date?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static readonly string[] EnglishMonths =
    [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];

    private static readonly string[] ArabicMonths =
    [
        "يناير",
        "فبراير",
        "مارس",
        "أبريل",
        "مايو",
        "يونيو",
        "يوليو",
        "أغسطس",
        "سبتمبر",
        "أكتوبر",
        "نوفمبر",
        "ديسمبر",
    ];

    private static readonly string[] EnglishDays =
    [
        "Sunday",
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
    ];

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

    /// <summary>
    /// Reads <c>2026-12-01</c>, <c>1/12/2026</c>, <c>01.12.2026</c>, <c>2026/12/1</c>, <c>1 Dec 2026</c>, <c>1 ديسمبر
    /// 2026</c>,
    /// <c>21/06/1448 هـ</c>, <c>21 جمادى الآخرة 1448</c>, with digits of any kind; a time of day after it is left out.
    /// False for days that do not exist and years that nobody means.
    /// </summary>
    public static bool TryParse(string? text, out DateOnly date)
    {
        date = default;
        if (string.IsNullOrWhiteSpace(text) || text.Length > MaxLength)
            return false;

        if (text.Contains("موافق", StringComparison.Ordinal))
            return TryParseBoth(text, out date);

        // Folding takes away what spreadsheets strew in (bidi marks, tatweel in هـ) and makes one spelling of every
        // month.
        var folded = ArabicText.Fold(text).Replace('–', '-').Replace('−', '-').Replace('،', ',');
        folded = TimeOfDay().Replace(folded, string.Empty);
        var weekday = Weekday(ref folded);

        return (Read(DayFirst(), folded) ?? Read(YearFirst(), folded) ?? Read(MonthFirst(), folded)) is { } read
            && Resolve(read, out date)
            && (weekday is null || weekday == date.DayOfWeek);
    }

    /// <summary>
    /// As <see cref="TryParse(string?, out DateOnly)"/>, and both calendars in words for who wants to see what was
    /// understood: "الثلاثاء 1 ديسمبر 2026م · 21 جمادى الآخرة 1448هـ".
    /// </summary>
    public static string? Echo(string? text, string language) =>
        TryParse(text, out var date)
            ? FormatLong(date, language) + (HijriDate.Format(date, language) is { } hijri ? " · " + hijri : "")
            : null;

    // "21 جمادى الآخرة 1448هـ الموافق 1 ديسمبر 2026م": both must be one day.
    private static bool TryParseBoth(string text, out DateOnly date)
    {
        date = default;
        var parts = text.Split(["الموافق", "الموافقة", "موافق"], StringSplitOptions.TrimEntries);
        return parts is [var first, var second]
            && TryParse(first.TrimEnd('،', ',', '('), out date)
            && TryParse(second.TrimEnd(')'), out var other)
            && date == other;
    }

    // A day of the week before the date is taken off; it must be the right one.
    private static DayOfWeek? Weekday(ref string folded)
    {
        for (var day = 0; day < 7; day++)
        {
            foreach (var name in new[] { EnglishDays[day], EnglishDays[day][..3], ArabicDays[day] })
            {
                var known = ArabicText.Fold(name);
                if (!folded.StartsWith(known, StringComparison.Ordinal))
                    continue;
                var rest = folded[known.Length..];
                if (rest.Length == 0 || rest[0] is not (' ' or ',' or '.'))
                    continue;
                folded = rest.TrimStart(' ', ',', '.');
                return (DayOfWeek)day;
            }
        }

        return null;
    }

    /// <summary>"1 Dec 2026" or "1 ديسمبر 2026م": a Saudi reader looks for the sign of the calendar.</summary>
    public static string Format(DateOnly date, string language)
    {
        var month = IsArabic(language) ? ArabicMonths[date.Month - 1] : EnglishMonths[date.Month - 1][..3];
        return string.Create(CultureInfo.InvariantCulture, $"{date.Day} {month} {date.Year}{Sign(language)}");
    }

    /// <summary>"Tuesday, 1 December 2026" or "الثلاثاء 1 ديسمبر 2026م".</summary>
    public static string FormatLong(DateOnly date, string language) =>
        IsArabic(language)
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{ArabicDays[(int)date.DayOfWeek]} {date.Day} {ArabicMonths[date.Month - 1]} {date.Year}م"
            )
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{EnglishDays[(int)date.DayOfWeek]}, {date.Day} {EnglishMonths[date.Month - 1]} {date.Year}"
            );

    /// <summary>A month and its year: "Nov 2026" or "نوفمبر 2026م".</summary>
    public static string FormatMonth(DateOnly date, string language) =>
        Format(date, language)[(date.Day > 9 ? 3 : 2)..];

    /// <summary>The month where there is little room: "Nov"; Arabic has no short forms.</summary>
    public static string ShortMonth(DateOnly date, string language) =>
        IsArabic(language) ? ArabicMonths[date.Month - 1] : EnglishMonths[date.Month - 1][..3];

    private static string Sign(string language) => IsArabic(language) ? "م" : "";

    private static bool IsArabic(string language) => string.Equals(language, "ar", StringComparison.Ordinal);

    private static bool Resolve(
        (int Year, int Month, int Day, bool SaysHijri, bool SaysGregorian) read,
        out DateOnly date
    )
    {
        date = default;
        var isHijri = read.Year < FirstYearNotHijri;
        if (isHijri ? read.SaysGregorian : read.SaysHijri)
            return false;

        if (isHijri)
        {
            if (HijriDate.FromParts(read.Year, read.Month, read.Day) is not { } converted)
                return false;
            date = converted;
            return true;
        }

        if (read.Year is < FirstYear or > LastYear || read.Month is < 1 or > 12)
            return false;
        if (read.Day < 1 || read.Day > DateTime.DaysInMonth(read.Year, read.Month))
            return false;

        date = new DateOnly(read.Year, read.Month, read.Day);
        return true;
    }

    private static (int Year, int Month, int Day, bool SaysHijri, bool SaysGregorian)? Read(Regex form, string folded)
    {
        var match = form.Match(folded);
        if (!match.Success)
            return null;

        var era = match.Groups["era"].Value;
        var saysHijri = era is "ه" or "h" or "ah" or "هجري" or "هجريه";
        var saysGregorian = era.Length > 0 && !saysHijri;
        var year = Number(match.Groups["year"]);
        var day = Number(match.Groups["day"]);
        var month = match.Groups["month"].Value;
        if (char.IsAsciiDigit(month[0]))
            return (year, Number(match.Groups["month"]), day, saysHijri, saysGregorian);

        return MonthNames.TryGetValue(MonthKey(month), out var named)
            ? (year, named.Month, day, saysHijri || named.IsHijri, saysGregorian || !named.IsHijri)
            : null;
    }

    private static int Number(Group group) =>
        int.Parse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>What the months are also called: in other cases, other countries and other letters.</summary>
    private static readonly (int Month, bool IsHijri, string[] Names)[] AlsoCalled =
    [
        (1, false, ["كانون الثاني", "جانفي"]),
        (2, false, ["شباط", "فيفري"]),
        (3, false, ["آذار"]),
        (4, false, ["إبريل", "نيسان", "أفريل"]),
        (5, false, ["أيار", "ماي"]),
        (6, false, ["يونيه", "حزيران", "جوان"]),
        (7, false, ["يوليه", "جولاي", "تموز", "جويلية"]),
        (8, false, ["آب", "أوت"]),
        (9, false, ["Sept", "أيلول"]),
        (10, false, ["تشرين الأول"]),
        (11, false, ["تشرين الثاني"]),
        (12, false, ["دسمبر", "كانون الأول"]),
        (1, true, ["المحرم", "محرم الحرام", "Moharram"]),
        (2, true, ["صفر الخير", "Safer"]),
        (3, true, ["ربيع أول", "Rabi al-Awwal", "Rabi ul Awwal", "Rabi al-Awal"]),
        (4, true, ["ربيع الثاني", "ربيع ثاني", "ربيع آخر", "Rabi al-Thani", "Rabi ath-Thani", "Rabi al-Akhir"]),
        (5, true, ["جمادى الأول", "جماد الأول", "جماد أول", "جماد الأولى", "Jumada al-Ula", "Jumada al-Awwal"]),
        (
            6,
            true,
            [
                "جمادى الثانية",
                "جمادى الثاني",
                "جماد الثاني",
                "جماد ثاني",
                "جمادى الآخر",
                "جماد الآخر",
                "جماد الآخرة",
                "Jumada al-Akhirah",
                "Jumada al-Thani",
                "Jumada al-Thaniyah",
            ]
        ),
        (8, true, ["Sha'aban"]),
        (9, true, ["رمضان المبارك", "Ramadhan"]),
        (10, true, ["Shawwal", "Shawal"]),
        (
            11,
            true,
            [
                "ذو القعدة",
                "ذا القعدة",
                "Dhul Qadah",
                "Dhul Qidah",
                "Dhu al-Qadah",
                "Zul Qadah",
                "Zul Qidah",
                "Thul Qadah",
                "Thul Qidah",
            ]
        ),
        (
            12,
            true,
            [
                "ذو الحجة",
                "ذا الحجة",
                "Dhul Hijjah",
                "Dhul Hijja",
                "Dhu al-Hijja",
                "Zul Hijjah",
                "Zul Hijja",
                "Thul Hijjah",
                "Thul Hijja",
            ]
        ),
    ];

    private static readonly FrozenDictionary<string, (int Month, bool IsHijri)> MonthNames = NamedMonths();

    private static FrozenDictionary<string, (int Month, bool IsHijri)> NamedMonths()
    {
        var names = new Dictionary<string, (int, bool)>(StringComparer.Ordinal);
        for (var month = 1; month <= 12; month++)
        {
            names[MonthKey(EnglishMonths[month - 1])] = (month, false);
            names[MonthKey(EnglishMonths[month - 1][..3])] = (month, false);
            names[MonthKey(ArabicMonths[month - 1])] = (month, false);
            names[MonthKey(HijriDate.EnglishMonths[month - 1])] = (month, true);
            names[MonthKey(HijriDate.ArabicMonths[month - 1])] = (month, true);
        }

        foreach (var (month, isHijri, others) in AlsoCalled)
        {
            foreach (var name in others)
                names[MonthKey(name)] = (month, isHijri);
        }

        return names.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>What two spellings of a month have in common: Sha'ban is Shaban, Dhul-Hijjah is Dhul Hijjah.</summary>
    private static string MonthKey(string name) =>
        string.Concat(
            ArabicText.Fold(name).Where(static letter => letter is not (' ' or '-' or '\'' or '’' or '‘' or '`'))
        );

    private const string Day = "(?<day>[0-9]{1,2})";
    private const string Year = "(?<year>[0-9]{4})";
    private const string MonthName = @"(?<month>\p{L}[\p{L} \-'’‘`]{0,18}(?<=\p{L}))";
    private const string Era = @"(?: ?(?<era>هجريه|هجري|ميلادي|ه|م|ah|h|ad|ce))?\z";
    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    [GeneratedRegex(
        "^"
            + Day
            + @"(?:(?<separator> ?[/.\-] ?)(?<month>[0-9]{1,2})\k<separator>|[ \-/.]?"
            + MonthName
            + @"[ \-/.,]{0,2})"
            + Year
            + Era,
        Options,
        TimeoutMilliseconds
    )]
    private static partial Regex DayFirst();

    [GeneratedRegex(
        "^"
            + Year
            + @"(?:(?<separator> ?[/.\-] ?)(?<month>[0-9]{1,2})\k<separator>|[ \-/.]?"
            + MonthName
            + @"[ \-/.,]{0,2})"
            + Day
            + Era,
        Options,
        TimeoutMilliseconds
    )]
    private static partial Regex YearFirst();

    [GeneratedRegex("^" + MonthName + @"[ .\-/]" + Day + @"[ ,\-/]{1,2}" + Year + Era, Options, TimeoutMilliseconds)]
    private static partial Regex MonthFirst();

    [GeneratedRegex(
        @"(?<=[0-9])[ t][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?: ?(?:am|pm|z))?\z",
        Options,
        TimeoutMilliseconds
    )]
    private static partial Regex TimeOfDay();
}
