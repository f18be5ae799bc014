using System.Collections.Frozen;

namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>
/// What spreadsheets show instead of a value, as it stands in files that keep only the text: those of text, and cells
/// that were pasted as values.
/// </summary>
internal static class SheetErrors
{
    private const string Calc = "Err:5";

    private static readonly FrozenSet<string> Errors = new[]
    {
        "#REF!",
        "#N/A",
        "#N/A!",
        "#VALUE!",
        "#DIV/0!",
        "#NAME?",
        "#NULL!",
        "#NUM!",
        "#SPILL!",
        "#CALC!",
        "#FIELD!",
        "#BLOCKED!",
        "#CONNECT!",
        "#UNKNOWN!",
        "#BUSY!",
        "#PYTHON!",
        "#EXTERNAL!",
        "#TIMEOUT!",
        "#GETTING_DATA",
        "#ERROR!",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>An error, or the signs that fill a column that is too narrow for its number.</summary>
    public static bool Shows(string text)
    {
        if (text.Length is < 3 or > 300 || text.AsSpan().TrimStart() is not ['#' or 'E', ..])
            return false;
        var shown = text.Trim();
        return Errors.Contains(shown)
            || (shown.Length >= 3 && shown.AsSpan().IndexOfAnyExcept('#') < 0)
            || (
                shown.Length is 7
                && shown.StartsWith(Calc, StringComparison.Ordinal)
                && shown.AsSpan(Calc.Length).IndexOfAnyExceptInRange('0', '9') < 0
            );
    }
}
