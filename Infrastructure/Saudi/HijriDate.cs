using System.Globalization;

namespace MdcTts.Infrastructure.Saudi;

/// <summary>Dates of the Umm al-Qura calendar, beside which Gregorian dates are shown.</summary>
/// <remarks>
/// The calendar is asked explicitly: a culture's default calendar would change machine text too. It knows 1900-04-30 to
/// 2077-11-16
/// (1318-01-01 to 1500-12-30) and throws outside; here such a date has no Hijri form.
/// </remarks>
public static class HijriDate
{
    private static readonly UmAlQuraCalendar Calendar = new();

    private static readonly DateOnly First = DateOnly.FromDateTime(Calendar.MinSupportedDateTime);
    private static readonly DateOnly Last = DateOnly.FromDateTime(Calendar.MaxSupportedDateTime);

    internal static readonly string[] EnglishMonths =
    [
        "Muharram",
        "Safar",
        "Rabi I",
        "Rabi II",
        "Jumada I",
        "Jumada II",
        "Rajab",
        "Shaban",
        "Ramadan",
        "Shawwal",
        "Dhu al-Qidah",
        "Dhu al-Hijjah",
    ];

    internal static readonly string[] ArabicMonths =
    [
        "محرم",
        "صفر",
        "ربيع الأول",
        "ربيع الآخر",
        "جمادى الأولى",
        "جمادى الآخرة",
        "رجب",
        "شعبان",
        "رمضان",
        "شوال",
        // After a day the genitive stands: 15 ذي الحجة.
        "ذي القعدة",
        "ذي الحجة",
    ];

    /// <summary>
    /// The date in words, "21 Jumada II 1448" or "21 جمادى الآخرة 1448هـ"; null outside the calendar.
    /// </summary>
    public static string? Format(DateOnly date, string language)
    {
        if (Parts(date) is not { } parts)
            return null;

        var (months, sign) = string.Equals(language, "ar", StringComparison.Ordinal)
            ? (ArabicMonths, "هـ")
            : (EnglishMonths, "");
        return string.Create(CultureInfo.InvariantCulture, $"{parts.Day} {months[parts.Month - 1]} {parts.Year}{sign}");
    }

    /// <summary>The date for machines, "1448-06-21"; null outside the calendar.</summary>
    public static string? ToIso(DateOnly date) =>
        Parts(date) is { } parts
            ? string.Create(CultureInfo.InvariantCulture, $"{parts.Year:D4}-{parts.Month:D2}-{parts.Day:D2}")
            : null;

    /// <summary>
    /// The Gregorian date of a Hijri one; null where there is no such day or the calendar does not reach.
    /// </summary>
    public static DateOnly? FromParts(int year, int month, int day)
    {
        if (year is < 1318 or > 1500 || month is < 1 or > 12 || day < 1)
            return null;
        if (day > Calendar.GetDaysInMonth(year, month))
            return null;

        return DateOnly.FromDateTime(Calendar.ToDateTime(year, month, day, 0, 0, 0, 0));
    }

    private static (int Year, int Month, int Day)? Parts(DateOnly date)
    {
        if (date < First || date > Last)
            return null;

        var moment = date.ToDateTime(TimeOnly.MinValue);
        return (Calendar.GetYear(moment), Calendar.GetMonth(moment), Calendar.GetDayOfMonth(moment));
    }
}
