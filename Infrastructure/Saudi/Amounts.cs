using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using MdcTts.Infrastructure.Text;

namespace MdcTts.Infrastructure.Saudi;

/// <summary>
/// Money as whole minor units (halalas): reading what people type, writing what they read. Never a floating-point
/// number.
/// </summary>
public static class Amounts
{
    /// <summary>Every amount is smaller than this many minor units, either side of zero.</summary>
    public const long Bound = 1_000_000_000_000_000;

    private const int MaxLength = 60;
    private const char Group = '\'';
    private const char DecimalMark = '|';

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789., '|");

    private static readonly FrozenDictionary<string, string> ArabicSymbols = new Dictionary<string, string>(
        StringComparer.Ordinal
    )
    {
        ["SAR"] = "ر.س",
        ["AED"] = "د.إ",
        ["KWD"] = "د.ك",
        ["QAR"] = "ر.ق",
        ["BHD"] = "د.ب",
        ["OMR"] = "ر.ع",
        ["EGP"] = "ج.م",
        ["JOD"] = "د.أ",
        ["USD"] = "دولار",
        ["EUR"] = "يورو",
        ["GBP"] = "جنيه إسترليني",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> Currencies = KnownWords();

    /// <summary>
    /// Reads "50,000.00", "50000,00", "1.234.567,89", "1 234,5", "٥٠٬٠٠٠٫٠٠", with a currency before or after, and a
    /// minus or accountants' brackets.
    /// </summary>
    /// <remarks>
    /// One comma with exactly three digits behind it parts thousands. A point in that place is refused (<c>1.500</c>):
    /// half of the world
    /// reads it a thousand times larger than the other half. More than two decimals are refused unless they are zeros.
    /// </remarks>
    public static bool TryParse(string? text, out long minor, out string? currency)
    {
        minor = 0;
        currency = null;
        if (string.IsNullOrWhiteSpace(text) || text.Length > MaxLength)
            return false;

        var typed = Simplified(text);
        var first = typed.AsSpan().IndexOfAnyInRange('0', '9');
        if (first < 0)
            return false;

        var last = typed.AsSpan().LastIndexOfAnyInRange('0', '9');
        if (
            first > 0
            && typed[first - 1] is '.' or ',' or DecimalMark
            && (first == 1 || typed[first - 2] is ' ' or '-' or '(')
        )
            first--;

        return TryReadSurroundings(typed[..first], typed[(last + 1)..], out var isNegative, out currency)
            && TryReadNumber(typed[first..(last + 1)], out minor)
            && Signed(ref minor, isNegative);
    }

    /// <summary>Reads what <see cref="ToDecimalString"/> writes and any other amount without a currency.</summary>
    public static bool TryParse(string? text, out long minor) =>
        TryParse(text, out minor, out var currency) && currency is null;

    /// <summary>The minor units nearest to a number out of a spreadsheet; false beyond <see cref="Bound"/>.</summary>
    public static bool TryFromDecimal(decimal value, out long minor)
    {
        minor = 0;
        if (Math.Abs(value) >= Bound / 100)
            return false;

        var rounded = decimal.Round(value * 100, MidpointRounding.AwayFromZero);
        if (Math.Abs(rounded) >= Bound)
            return false;

        minor = (long)rounded;
        return true;
    }

    /// <summary>The amount for machines: "50000.00".</summary>
    public static string ToDecimalString(long minor) => (minor / 100m).ToString("0.00", CultureInfo.InvariantCulture);

    /// <summary>The amount for people: "50,000.00 SAR" or "50,000.00 ر.س".</summary>
    public static string Format(long minor, string currency, string language)
    {
        var number = (minor / 100m).ToString("#,##0.00", CultureInfo.InvariantCulture);
        var isArabic = string.Equals(language, "ar", StringComparison.Ordinal);
        return number + " " + (isArabic ? ArabicSymbols.GetValueOrDefault(currency, currency) : currency);
    }

    /// <summary>
    /// The ISO code of a currency as people write it (SAR, SR, ر.س, ريال, $, …); null when it is not known.
    /// </summary>
    public static string? CurrencyCode(string? text) =>
        text is { Length: > 0 and <= MaxLength } ? Currencies.GetValueOrDefault(Key(text)) : null;

    private static string Simplified(string text)
    {
        Span<char> simplified = stackalloc char[text.Length];
        var length = 0;
        foreach (var character in text.Trim())
        {
            if (char.GetUnicodeCategory(character) == UnicodeCategory.Format)
                continue;

            simplified[length++] = character switch
            {
                '٫' => DecimalMark,
                '٬' or '’' or '\'' => Group,
                DecimalMark => '?',
                '،' => ',',
                '−' or '–' => '-',
                _ when char.IsWhiteSpace(character) => ' ',
                _ => Digits.ToWestern(character),
            };
        }

        return new string(simplified[..length]).Trim();
    }

    /// <summary>What stands around the digits may only be one currency and one sign.</summary>
    private static bool TryReadSurroundings(string before, string after, out bool isNegative, out string? currency)
    {
        currency = null;
        var isBracketed =
            before.Contains('(', StringComparison.Ordinal) && after.Contains(')', StringComparison.Ordinal);
        if (isBracketed)
        {
            before = Without(before, '(');
            after = Without(after, ')');
        }

        var isMinus = before.Contains('-', StringComparison.Ordinal) || after.EndsWith('-');
        isNegative = isBracketed || isMinus;
        if (isMinus && isBracketed)
            return false;

        before =
            isMinus && before.Contains('-', StringComparison.Ordinal) ? Without(before, '-')
            : before.StartsWith('+') ? before[1..]
            : before;
        after = isMinus && after.EndsWith('-') ? after[..^1] : after;

        var (wordBefore, wordAfter) = (Key(before), Key(after));
        if (wordBefore.Length > 0 && !Currencies.TryGetValue(wordBefore, out currency))
            return false;
        if (wordAfter.Length == 0)
            return true;
        if (!Currencies.TryGetValue(wordAfter, out var currencyAfter))
            return false;
        if (currency is not null && !string.Equals(currency, currencyAfter, StringComparison.Ordinal))
            return false;

        currency = currencyAfter;
        return true;
    }

    private static string Without(string text, char character)
    {
        var at = text.IndexOf(character, StringComparison.Ordinal);
        return text.Remove(at, 1);
    }

    private static bool TryReadNumber(string number, out long minor)
    {
        minor = 0;
        if (number.AsSpan().ContainsAnyExcept(NumberCharacters))
            return false;

        if (!TrySplit(number, out var whole, out var fraction))
            return false;
        if (!TryUngroup(whole, out var digits))
            return false;
        if (fraction.AsSpan().ContainsAnyExceptInRange('0', '9'))
            return false;
        if (fraction.Length > 2 && fraction.AsSpan(2).ContainsAnyExcept('0'))
            return false;

        digits = digits.TrimStart('0');
        if (digits.Length > 13)
            return false;

        var cents = (fraction + "00")[..2];
        return long.TryParse(digits + cents, NumberStyles.None, CultureInfo.InvariantCulture, out minor)
            && minor < Bound;
    }

    /// <summary>
    /// Finds the decimal mark: the Arabic one, else the later of comma and point, else the only one unless it parts
    /// thousands.
    /// </summary>
    private static bool TrySplit(string number, out string whole, out string fraction)
    {
        (whole, fraction) = (number, string.Empty);
        var mark = number.LastIndexOf(DecimalMark);
        if (mark < 0)
            mark = number.LastIndexOfAny(['.', ',']);
        if (mark < 0)
            return true;

        var character = number[mark];
        var isOnlyOne = number.IndexOf(character, StringComparison.Ordinal) == mark;
        var other = character == '.' ? ',' : '.';
        if (character != DecimalMark && !number.Contains(other, StringComparison.Ordinal))
        {
            if (!isOnlyOne)
                return true;

            var mayPartThousands = number.Length - mark - 1 == 3 && mark is >= 1 and <= 3 && number[0] != '0';
            if (mayPartThousands)
                return character == ',';
        }

        if (!isOnlyOne)
            return false;
        (whole, fraction) = (number[..mark], number[(mark + 1)..]);
        return true;
    }

    private static bool TryUngroup(string whole, out string digits)
    {
        digits = whole;
        var at = whole.AsSpan().IndexOfAnyExceptInRange('0', '9');
        if (at < 0)
            return true;

        var groups = whole.Split(whole[at]);
        digits = string.Concat(groups);
        return groups[0].Length is >= 1 and <= 3
            && groups.Skip(1).All(static group => group.Length == 3)
            && !digits.AsSpan().ContainsAnyExceptInRange('0', '9');
    }

    private static bool Signed(ref long minor, bool isNegative)
    {
        if (isNegative)
            minor = -minor;
        return true;
    }

    // Folding makes one of all forms of alef, and with it the dinar of Jordan of the dirham.
    private static string Key(string text) =>
        ArabicText
            .Fold(Bare(text).Replace("دإ", "AED", StringComparison.Ordinal))
            .Replace(" ", string.Empty, StringComparison.Ordinal)
            .Trim(':', '/', ',');

    private static string Bare(string text) =>
        text.AsSpan().IndexOfAny('.', ' ') < 0
            ? text
            : text.Replace(".", string.Empty, StringComparison.Ordinal)
                .Replace(" ", string.Empty, StringComparison.Ordinal);

    private static FrozenDictionary<string, string> KnownWords()
    {
        var words = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (code, symbol) in ArabicSymbols)
        {
            words[Key(code)] = code;
            words[Key(symbol)] = code;
        }

        (string Code, string[] Words)[] others =
        [
            (
                "SAR",
                [
                    "SR",
                    "S.R.",
                    "ريال",
                    "ريالات",
                    "ريالا",
                    "ريال سعودي",
                    "ريالاً سعودياً",
                    "ر س",
                    "Riyal",
                    "Riyals",
                    "Saudi Riyal",
                    "Saudi Riyals",
                    "﷼",
                    "\u20C1",
                ]
            ),
            ("USD", ["$", "US$", "US Dollar", "Dollars", "دولار أمريكي"]),
            ("EUR", ["€", "Euro", "Euros"]),
            ("GBP", ["£", "جنيه استرليني"]),
            ("AED", ["Dhs", "Dh", "درهم", "درهم إماراتي"]),
            ("KWD", ["KD", "دينار كويتي"]),
            ("BHD", ["BD", "دينار بحريني"]),
            ("QAR", ["QR", "ريال قطري"]),
            ("OMR", ["RO", "ريال عماني"]),
            ("EGP", ["LE", "جنيه مصري"]),
            ("JOD", ["JD", "دينار أردني"]),
        ];
        foreach (var (code, spellings) in others)
        {
            foreach (var spelling in spellings)
                words[Key(spelling)] = code;
        }

        return words.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
