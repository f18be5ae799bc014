using System.Globalization;

namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>Makes cells of what spreadsheets store.</summary>
internal static class SheetCells
{
    private const double LargestExact = 1e15;

    /// <summary>Two date systems lie this many days apart.</summary>
    private const int DaysTo1904 = 1462;

    private const int FirstDay = 1;
    private const int NoDay = 60;

    public static RegisterCell Text(string text) =>
        text.Length == 0
            ? RegisterCell.Empty
            : new(text.Length <= RegisterFile.CellMaxLength ? text : text[..RegisterFile.CellMaxLength]);

    public static RegisterCell Number(double number, CellFormat? format = null)
    {
        if (!double.IsFinite(number) || Math.Abs(number) >= LargestExact)
            return new(number.ToString("R", CultureInfo.InvariantCulture)) { Trouble = CellTrouble.DigitsLost };

        // The conversion keeps fifteen digits, as spreadsheets show: 0.30000000000000004 is 0.3.
        var exact = (decimal)number;
        if (format is { IsPercent: true })
            return new((exact * 100).ToString("0.###############", CultureInfo.InvariantCulture) + "%");
        var shown = format?.Shown(exact);
        return new(shown ?? exact.ToString("0.###############", CultureInfo.InvariantCulture), Number: exact)
        {
            Currency = format?.Currency,
            Sources = shown is not null || format?.Currency is not null ? CellSources.Format : CellSources.None,
        };
    }

    /// <summary>A time of day without a day, as it is shown.</summary>
    public static RegisterCell Time(TimeSpan time)
    {
        var rounded = TimeSpan.FromSeconds(Math.Round(time.TotalSeconds));
        return new(rounded.ToString(rounded.Seconds == 0 ? @"hh\:mm" : @"hh\:mm\:ss", CultureInfo.InvariantCulture));
    }

    public static RegisterCell Error(string shown) => new(shown) { Trouble = CellTrouble.Error };

    /// <summary>A formula that nobody has computed: its text is the formula.</summary>
    public static RegisterCell NoResult(string formula) => Text("=" + formula) with { Trouble = CellTrouble.NoResult };

    public static RegisterCell Date(DateTime moment)
    {
        var date = DateOnly.FromDateTime(moment);
        var time = TimeOnly.FromDateTime(moment);
        return new(date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), Date: date)
        {
            Time = time == TimeOnly.MinValue ? null : time,
        };
    }

    /// <summary>
    /// The date behind a number: days since the end of 1899, or since the beginning of 1904 in workbooks from old Macs.
    /// </summary>
    public static RegisterCell DateSerial(double serial, bool since1904)
    {
        // Spreadsheets count a 29 February 1900, which never was: the days before it have one number less.
        if (!since1904 && serial is < FirstDay or (>= NoDay and < NoDay + 1))
            return Number(serial);
        var days =
            since1904 ? serial + DaysTo1904
            : serial < NoDay ? serial + 1
            : serial;
        // A second is the finest that spreadsheets show; the number behind it is seldom exact.
        return days is >= FirstDay and < 2_958_466 ? Date(Rounded(DateTime.FromOADate(days))) : Number(serial);
    }

    private static DateTime Rounded(DateTime moment) =>
        new((moment.Ticks + (TimeSpan.TicksPerSecond / 2)) / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond);
}
