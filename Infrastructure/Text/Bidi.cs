using System.Globalization;
using System.Text;

namespace MdcTts.Infrastructure.Text;

/// <summary>Text of one direction among words of the other (Unicode's rules: UAX #9).</summary>
/// <remarks>
/// Digits after Arabic letters count as Arabic numbers, and a hyphen between those parts them: <c>ص/12-3</c> would be
/// shown as <c>ص/3-12</c>. So every group of digits and Latin letters inside a code is isolated from left to right.
/// </remarks>
public static class Bidi
{
    private const int CodeMaxLength = 60;

    /// <summary>
    /// The direction of a text is that of its first letter: true for Arabic, false for Latin, null where it has none.
    /// </summary>
    public static bool? IsRightToLeft(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsRightToLeft(rune))
                return true;
            if (Rune.IsLetter(rune) || rune.Value == '\u200e')
                return false;
        }

        return null;
    }

    /// <summary>A number or reference: no blank, at least a digit, and something to part it at.</summary>
    public static bool IsCode(string text) =>
        text.Length is > 1 and <= CodeMaxLength
        && text.Any(char.IsDigit)
        && text.Any(static c => c is '-' or '/' or '\\' or '_' or '.' or '–')
        && !text.Any(static c => char.IsWhiteSpace(c) || c is '@' or ':');

    /// <summary>
    /// A code in its parts, in order: <c>MDC/ص/12-3</c> is MDC/ص/ and the group 12-3. Without Arabic letters it is
    /// one part.
    /// </summary>
    public static IEnumerable<(string Text, bool IsGroup)> Parts(string code)
    {
        if (!code.EnumerateRunes().Any(IsRightToLeft))
        {
            yield return (code, false);
            yield break;
        }

        var from = 0;
        for (var at = 0; at < code.Length; at++)
        {
            if (!IsOfGroup(code[at]))
                continue;
            var end = EndOfGroup(code, at);
            if (!code.AsSpan(at, end - at).ContainsAnyInRange('0', '9'))
            {
                at = end - 1;
                continue;
            }

            if (at > from)
                yield return (code[from..at], false);
            yield return (code[at..end], true);
            from = end;
            at = end - 1;
        }

        if (from < code.Length)
            yield return (code[from..], false);
    }

    /// <summary>
    /// Without the controls that turn the direction of everything behind them. The marks U+200E, U+200F and U+061C
    /// stay: they turn nothing.
    /// </summary>
    public static string WithoutControls(string text) =>
        text.Any(IsControl) ? string.Concat(text.Where(static c => !IsControl(c))) : text;

    /// <summary>False for what nobody can see: blanks, marks of direction, joiners, fillers.</summary>
    public static bool HasVisible(string text) => text.EnumerateRunes().Any(IsVisible);

    /// <summary>The same text with controls that act inside it only, so that it can be put into an isolate.</summary>
    public static string Closed(string text)
    {
        if (!text.Any(IsControl))
            return text;
        var closed = new StringBuilder(text.Length);
        var open = 0;
        foreach (var c in text)
        {
            if (c is >= '\u202a' and <= '\u202e' || (c == '\u2069' && open == 0))
                continue;
            open += c switch
            {
                >= '\u2066' and <= '\u2068' => 1,
                '\u2069' => -1,
                _ => 0,
            };
            closed.Append(c);
        }

        return closed.Append('\u2069', open).ToString();
    }

    private static int EndOfGroup(string code, int at)
    {
        var end = at + 1;
        for (var i = at + 1; i < code.Length && !IsRightToLeft(code[i]); i++)
            if (IsOfGroup(code[i]))
                end = i + 1;
        return end;
    }

    private static bool IsOfGroup(char c) => char.IsAsciiLetterOrDigit(c);

    private static bool IsControl(char c) => c is >= '\u202a' and <= '\u202e' or >= '\u2066' and <= '\u2069';

    private static bool IsRightToLeft(char c) =>
        c
            is >= '\u05d0'
                and <= '\u05f2'
                or >= '\u0620'
                and <= '\u064a'
                or >= '\u066e'
                and <= '\u06d5'
                or >= '\u06fa'
                and <= '\u08ff'
                or >= '\ufb1d'
                and <= '\ufdff'
                or >= '\ufe70'
                and <= '\ufefc'
                or '\u200f'
                or '\u061c';

    private static bool IsRightToLeft(Rune rune) => rune.IsBmp && IsRightToLeft((char)rune.Value);

    private static bool IsVisible(Rune rune) =>
        rune.Value is not (0x115F or 0x1160 or 0x3164 or 0xFFA0 or 0x2800)
        && !Rune.IsWhiteSpace(rune)
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Format or UnicodeCategory.OtherNotAssigned);
}
