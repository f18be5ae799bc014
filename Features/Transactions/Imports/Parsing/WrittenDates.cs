using System.Globalization;
using System.Text.RegularExpressions;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Text;

namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>
/// Dates as programs and people write them into registers. What a form takes, <see cref="Dates"/> says; here is what
/// stands around it: a weekday, a time of day, the same day in the other calendar, a year of two digits.
/// </summary>
/// <remarks>
/// The day comes first. A year of two digits is one from 1970 to 2069, or of the Hijri century 1400 where the text
/// says so.
/// </remarks>
internal static partial class WrittenDates
{
    private const int MaxLength = 120;
    private const int TimeoutMilliseconds = 2_000;
    private const int FirstCenturyYear = 70;
    private static readonly TimeSpan Riyadh = TimeSpan.FromHours(3);

    /// <summary>How far two calendars may differ about one day.</summary>
    private const int CalendarsDiffer = 2;

    /// <summary>The date, and the time of day where the text names one.</summary>
    public static (DateOnly Date, TimeOnly? Time)? Read(string text, bool monthFirst = false)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Length > MaxLength)
            return null;

        var folded = ArabicText.Fold(text).Replace('،', ',').Replace('–', '-').Replace('−', '-');
        folded = ZoneName().Replace(folded.Replace('\\', '/').Replace('_', '/'), string.Empty);
        var parts = Calendars()
            .Split(folded)
            .Select(static part => part.Trim())
            .Where(static part => part.Length > 0 && !OnlyWeekday().IsMatch(part))
            .ToList();
        var read = parts.Select(part => One(part, monthFirst)).ToList();
        if (read.Count is 0 or > 2 || read.Contains(null))
            return null;
        if (read.Count == 1)
            return read[0];
        // The Gregorian day counts: Hijri months begin by sight as well as by table.
        var (first, second) = (read[0]!.Value, read[1]!.Value);
        if (Math.Abs(first.Date.DayNumber - second.Date.DayNumber) > CalendarsDiffer)
            return null;
        return SaysHijri(parts[0]) ? second : first;
    }

    /// <summary>Why a text is no date: no calendar has it, the month comes first, or the form is unknown.</summary>
    public static FaultKind Fault(string text)
    {
        var folded = ArabicText.Fold(text);
        if (Slashed().Match(folded) is not { Success: true } match)
            return FaultKind.DateNotUnderstood;
        var (first, second) = (Number(match, "a"), Number(match, "b"));
        return first is >= 1 and <= 12 && second is > 12 and <= 31
            ? FaultKind.DateMonthFirst
            : FaultKind.DateImpossible;
    }

    private static (DateOnly Date, TimeOnly? Time)? One(string text, bool monthFirst)
    {
        text = Ordinal().Replace(Weekday().Replace(text, string.Empty).Trim(' ', ',', '-'), string.Empty);
        var (day, time, offset) = WithoutTime(text);
        day = Spaced().Replace(day, "${sign}");
        if (Parted().IsMatch(day))
            day = day.Replace(' ', '/');
        if (Compact().Match(day) is { Success: true } compact)
            day = $"{compact.Groups["y"].Value}-{compact.Groups["m"].Value}-{compact.Groups["d"].Value}";
        if (monthFirst)
            day = Leading().Replace(day, "${day}${sign}${month}${sign}", 1);
        day = ShortYear()
            .Replace(day, static match => match.Groups["rest"].Value + Century(match) + match.Groups["era"].Value);
        if (!Dates.TryParse(day, out var date))
            return null;
        if (offset is null || time is null)
            return (date, time);
        var there = date.ToDateTime(time.Value) - offset.Value + Riyadh;
        return (DateOnly.FromDateTime(there), TimeOnly.FromDateTime(there));
    }

    private static (string Day, TimeOnly? Time, TimeSpan? Offset) WithoutTime(string text)
    {
        var match = TimeOfDay().Match(text);
        if (!match.Success)
            return (text, null, null);
        var (hour, minute) = (Number(match, "h"), Number(match, "m"));
        var second = match.Groups["s"].Success ? Number(match, "s") : 0;
        var half = match.Groups["half"].Value;
        if (half.Length > 0 && hour is >= 1 and <= 12)
            hour = (hour % 12) + (half[0] is 'p' or 'م' ? 12 : 0);
        if (hour > 23 || minute > 59 || second > 59)
            return (text, null, null);
        var zone = match.Groups["zone"].Value;
        TimeSpan? offset =
            zone.Length == 0 ? null
            : zone == "z" ? TimeSpan.Zero
            : new TimeSpan(Number(match, "zh"), match.Groups["zm"].Success ? Number(match, "zm") : 0, 0)
                * (zone[0] == '-' ? -1 : 1);
        return (text[..match.Index].TrimEnd(' ', ','), new TimeOnly(hour, minute, second), offset);
    }

    private static string Century(Match match)
    {
        var year = match.Groups["year"].Value;
        if (SaysHijri(match.Value))
            return "14" + year;
        return (int.Parse(year, CultureInfo.InvariantCulture) < FirstCenturyYear ? "20" : "19") + year;
    }

    private static bool SaysHijri(string folded) => HijriSign().IsMatch(folded);

    private static int Number(Match match, string group) =>
        int.Parse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        @"\s*(?:الموافق(?: ل)?|الموافق:|موافق|corresponding to|=|\(|\))\s*"
            // Two whole dates with nothing, a dash or a stroke between them.
            + @"|(?<=[0-9][/.\-][0-9]{1,4} ?[هم]?) (?:[\-/] )?(?=[0-9]{1,4}[/.\-][0-9]{1,2}[/.\-])",
        Options,
        TimeoutMilliseconds
    )]
    private static partial Regex Calendars();

    [GeneratedRegex(
        @"^(?:يوم )?(?:(?:ال)?(?:احد|اثنين|ثلاثاء|اربعاء|خميس|جمعه|سبت)|"
            + "(?:sun|mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur)(?:day)?)\\.?(?= |,)[ ,]*",
        Options,
        TimeoutMilliseconds
    )]
    private static partial Regex Weekday();

    [GeneratedRegex(
        @"(?<=[0-9هم,])[ t,]+(?<h>[0-9]{1,2}):(?<m>[0-9]{2})(?::(?<s>[0-9]{2})(?:\.[0-9]{1,9})?)?"
            + @"(?: ?(?<half>a\.?m\.?|p\.?m\.?|صباحا|مساء|ص|م))?"
            + @"(?: ?(?:gmt|utc)?(?<zone>z|[+\-](?<zh>[0-9]{1,2}):?(?<zm>[0-9]{2})?))?\z",
        Options,
        TimeoutMilliseconds
    )]
    private static partial Regex TimeOfDay();

    [GeneratedRegex(
        @"\A(?:يوم )?(?:(?:ال)?(?:احد|اثنين|ثلاثاء|اربعاء|خميس|جمعه|سبت)|(?:sun|mon|tues|wednes|thurs|fri|satur)day)\z",
        Options,
        TimeoutMilliseconds
    )]
    private static partial Regex OnlyWeekday();

    /// <summary>As programs in JavaScript write it: <c>GMT+0300 (Arabian Standard Time)</c>.</summary>
    [GeneratedRegex(@" \([^()]*(?:time|توقيت)[^()]*\)\z", Options, TimeoutMilliseconds)]
    private static partial Regex ZoneName();

    [GeneratedRegex(@"(?<=[0-9])(?:st|nd|rd|th)(?: of)?(?=[ ,])", Options, TimeoutMilliseconds)]
    private static partial Regex Ordinal();

    [GeneratedRegex(
        @"\A(?:[0-9]{1,2} [0-9]{1,2} [0-9]{4}|[0-9]{4} [0-9]{1,2} [0-9]{1,2})\z",
        Options,
        TimeoutMilliseconds
    )]
    private static partial Regex Parted();

    [GeneratedRegex(@"(?<=[0-9]) ?(?<sign>[/.\-]) ?(?=[0-9])", Options, TimeoutMilliseconds)]
    private static partial Regex Spaced();

    [GeneratedRegex(@"\A(?<y>(?:14|19|20)[0-9]{2})(?<m>[0-9]{2})(?<d>[0-9]{2})\z", Options, TimeoutMilliseconds)]
    private static partial Regex Compact();

    [GeneratedRegex(@"\A(?<month>[0-9]{1,2})[/.\-](?<day>[0-9]{1,2})(?<sign>[/.\-])", Options, TimeoutMilliseconds)]
    private static partial Regex Leading();

    [GeneratedRegex(
        @"\A(?<rest>[0-9]{1,2}(?:[/.\-][0-9]{1,2}[/.\-]|[ \-/.]\p{L}[\p{L} \-]{1,18}[ \-/.]))"
            + @"'?(?<year>[0-9]{2})(?<era> ?(?:ه|هجري|هجريه|م|ميلادي|h|ah)?)\z",
        Options,
        TimeoutMilliseconds
    )]
    private static partial Regex ShortYear();

    [GeneratedRegex(
        @"(?:(?<!\p{L})(?:ه|هجري|هجريه|h|ah)(?!\p{L})"
            + @"|[^0-9](?:13|14)[0-9]{2}(?![0-9])|\A(?:13|14)[0-9]{2}(?![0-9]))",
        Options,
        TimeoutMilliseconds
    )]
    private static partial Regex HijriSign();

    [GeneratedRegex(
        @"\A(?<a>[0-9]{1,4})[/.\-](?<b>[0-9]{1,2})[/.\-](?<c>[0-9]{2,4})(?![0-9])",
        Options,
        TimeoutMilliseconds
    )]
    private static partial Regex Slashed();

    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;
}
