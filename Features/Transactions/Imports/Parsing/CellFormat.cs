using System.Globalization;
using System.Text;

namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>What a number format shows beside the number: a date, a currency, a percentage, zeros, a prefix.</summary>
internal sealed record CellFormat
{
    private const int MaxLength = 255;
    private const int MaxDigits = 30;

    public static CellFormat General { get; } = new();

    public bool IsDate { get; private init; }

    /// <summary>Hours without a day.</summary>
    public bool IsTime { get; private init; }
    public bool IsPercent { get; private init; }

    /// <summary>As the format writes it; not every one is a currency that we know.</summary>
    public string? Currency { get; private init; }

    /// <summary>The places of the digits and the letters around them; null: the number is shown as it is.</summary>
    private IReadOnlyList<(char Letter, bool IsDigit)>? Padding { get; init; }

    /// <summary>One of the formats that every spreadsheet knows without being told.</summary>
    public static CellFormat BuiltIn(int id) =>
        id switch
        {
            (>= 14 and <= 17) or 22 or (>= 27 and <= 36) or (>= 50 and <= 58) => new() { IsDate = true },
            >= 18 and <= 21 => new() { IsTime = true },
            9 or 10 => new() { IsPercent = true },
            _ => General,
        };

    /// <param name="code">As workbooks write it, such as <c>[$AED]\ #,##0.00</c>; its first section counts.</param>
    public static CellFormat Of(string? code)
    {
        if (string.IsNullOrEmpty(code) || code.Length > MaxLength)
            return General;
        var pieces = Read(code);
        if (ShowsDate(code, pieces.Signs))
            return new() { IsDate = true };
        if (pieces.Signs.AsSpan().IndexOfAny("hH") >= 0)
            return new() { IsTime = true };
        if (pieces.Signs.Contains('%', StringComparison.Ordinal))
            return new() { IsPercent = true };
        var currency = pieces.Currency ?? KnownCurrency(pieces.Before) ?? KnownCurrency(pieces.After);
        return new() { Currency = currency, Padding = currency is null && IsPadding(pieces) ? pieces.Places : null };
    }

    /// <summary>A whole number as the format shows it; null where it shows nothing of its own.</summary>
    public string? Shown(decimal number)
    {
        if (Padding is not { } places || number < 0 || decimal.Truncate(number) != number)
            return null;
        var digits = number.ToString("0", CultureInfo.InvariantCulture);
        var first = places.TakeWhile(static place => !place.IsDigit).Count();
        var shown = new Stack<char>();
        var left = digits.Length;
        for (var at = places.Count - 1; at >= 0; at--)
        {
            if (!places[at].IsDigit)
                shown.Push(places[at].Letter);
            else if (left > 0)
                shown.Push(digits[--left]);
            else if (places[at].Letter == '0')
                shown.Push('0');
            // The first place takes all digits that are left.
            while (at == first && left > 0)
                shown.Push(digits[--left]);
        }

        return string.Concat(shown);
    }

    private static bool IsPadding(Pieces pieces) =>
        pieces.Signs.Length is > 0 and <= MaxDigits
        && pieces.Signs.AsSpan().TrimStart('#').IndexOfAnyExcept('0') < 0
        && (pieces.Signs.Contains("00", StringComparison.Ordinal) || pieces.Places.Count > pieces.Signs.Length)
        && pieces.Signs.Contains('0', StringComparison.Ordinal);

    private static string? KnownCurrency(string text) =>
        Infrastructure.Saudi.Amounts.CurrencyCode(text.Trim()) is null ? null : text.Trim();

    private static bool ShowsDate(string code, string signs) =>
        !code.Contains("General", StringComparison.OrdinalIgnoreCase)
        && !code.Contains("E+", StringComparison.OrdinalIgnoreCase)
        && signs.AsSpan().IndexOfAny("yYdDe") >= 0;

    /// <summary>The parts of a format: signs that stand for digits or dates, and words around them.</summary>
    private sealed record Pieces(
        string Signs,
        string Before,
        string After,
        string? Currency,
        IReadOnlyList<(char Letter, bool IsDigit)> Places
    );

    private static Pieces Read(string code)
    {
        var (signs, before, after) = (new StringBuilder(), new StringBuilder(), new StringBuilder());
        string? currency = null;
        var places = new List<(char Letter, bool IsDigit)>();
        for (var i = 0; i < code.Length; i++)
        {
            switch (code[i])
            {
                case ';':
                    return Whole();
                case '"':
                {
                    var end = End(i, '"');
                    Word(code[Math.Min(i + 1, code.Length)..end]);
                    i = end;
                    break;
                }
                case '[':
                {
                    var end = End(i, ']');
                    // [$AED] or [$$-409] names a currency; [$-409] and [Red] do not.
                    if (i + 2 < end && code[i + 1] == '$' && code[i + 2] != '-')
                        currency = code[(i + 2)..end].Split('-')[0];
                    i = end;
                    break;
                }
                case '\\' when i + 1 < code.Length:
                    Word(code[++i].ToString());
                    break;
                case '_' or '*':
                    i++;
                    break;
                case '$' or '€' or '£' or '¥' or '﷼' or '\u20C1':
                    currency = code[i].ToString();
                    break;
                case ' ' or '-' or '/' or '(' or ')' or '+' or ':':
                    Word(code[i].ToString());
                    break;
                default:
                    signs.Append(code[i]);
                    places.Add((code[i], IsDigit: true));
                    break;
            }
        }

        return Whole();

        Pieces Whole() => new(signs.ToString(), before.ToString(), after.ToString(), currency, places);
        void Word(string word)
        {
            (signs.Length == 0 ? before : after).Append(word);
            places.AddRange(word.Select(static letter => (letter, false)));
        }

        int End(int from, char mark) => code.IndexOf(mark, from + 1) is var end and >= 0 ? end : code.Length;
    }
}
