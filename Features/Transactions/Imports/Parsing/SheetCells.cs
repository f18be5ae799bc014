using System.Globalization;

namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>Makes cells of what spreadsheets store.</summary>
internal static class SheetCells
{
    private const double LargestExact = 1e15;

    public static RegisterCell Text(string text) =>
        text.Length == 0
            ? RegisterCell.Empty
            : new(text.Length <= RegisterFile.CellMaxLength ? text : text[..RegisterFile.CellMaxLength]);

    public static RegisterCell Number(double number)
    {
        if (!double.IsFinite(number) || Math.Abs(number) >= LargestExact)
            return new(number.ToString("R", CultureInfo.InvariantCulture));

        // The conversion keeps fifteen digits, as spreadsheets show: 0.30000000000000004 is 0.3.
        var exact = (decimal)number;
        return new(exact.ToString("0.###############", CultureInfo.InvariantCulture), Number: exact);
    }

    public static RegisterCell Date(DateTime moment)
    {
        var date = DateOnly.FromDateTime(moment);
        return new(date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), Date: date);
    }

    /// <summary>
    /// The date behind a number: days since the end of 1899, or since the beginning of 1904 in workbooks from old Macs.
    /// </summary>
    public static RegisterCell DateSerial(double serial, bool since1904)
    {
        var days = since1904 ? serial + 1462 : serial;
        return days is >= 1 and < 2_958_466 ? Date(DateTime.FromOADate(days)) : Number(serial);
    }
}
