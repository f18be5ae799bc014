using System.Buffers;
using System.Globalization;
using MdcTts.Infrastructure.Text;

namespace MdcTts.Features.Transactions.Imports.Parsing;

// Days and times: stored, written in words, or as the bare number that a spreadsheet keeps.
public sealed partial class RowReader
{
    private const int DatesKept = 10_000;
    private const int FirstDateSerial = 15_000;
    private const int LastDateSerial = 110_000;

    private static readonly SearchValues<char> OfSerials = SearchValues.Create("0123456789.");

    private readonly Dictionary<(string Text, bool MonthFirst), (DateOnly, TimeOnly?)?> _written = [];

    private (DateOnly Date, TimeOnly? Time)? Date(Cells cells, RegisterField field)
    {
        var cell = cells.Raw(field);
        if (cell.Date is null && cell.Number is null && Serial(cell.Text) is { } serial)
            cell = cell with { Number = serial };
        // A date that has lost its format is stored in its cell as the day number that spreadsheets use.
        if (cell.Number is >= FirstDateSerial and <= LastDateSerial)
            cell = SheetCells.DateSerial((double)cell.Number, cell.Since1904);
        if (cell.Date is { } stored)
        {
            if (FieldRules.DateFlaw(stored) is not null)
                cells.Reject(field, FaultKind.DateImpossible);
            return (stored, cell.Time);
        }

        if (PlainText.HasForbidden(cell.Text))
        {
            cells.Reject(field, FaultKind.ForbiddenCharacters);
            return null;
        }

        if (PlainText.Trimmed(cell.Text) is not { } text)
            return null;
        var read = Written(text, cells.MonthFirst(field));
        if (read is null)
            cells.Reject(field, cell.Number is null ? WrittenDates.Fault(text) : FaultKind.DateImpossible);
        return read;
    }

    /// <summary>A register names the same days again and again, and reading one is slow.</summary>
    private (DateOnly Date, TimeOnly? Time)? Written(string text, bool monthFirst)
    {
        if (_written.TryGetValue((text, monthFirst), out var known))
            return known;
        var read = WrittenDates.Read(text, monthFirst);
        if (_written.Count < DatesKept)
            _written[(text, monthFirst)] = read;
        return read;
    }

    /// <summary>The day number of a spreadsheet in a text file, with the time as its fraction.</summary>
    private static decimal? Serial(string text) =>
        text.Trim() is { Length: >= 5 and <= 20 } trimmed
        && trimmed.AsSpan().IndexOfAnyExcept(OfSerials) < 0
        && decimal.TryParse(trimmed, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
        && number is >= FirstDateSerial and <= LastDateSerial
            ? number
            : null;

    private DateTime? Moment(Cells cells, RegisterField field)
    {
        if (Date(cells, field) is not { } read)
            return null;
        var moment = read.Date.ToDateTime(read.Time ?? TimeOnly.MinValue);
        if (moment > names.Now)
            cells.Reject(field, FaultKind.DateAhead);
        return moment;
    }
}
