namespace MdcTts.Infrastructure.Text;

/// <summary>What may stand in a text field, the same for both databases, for JSON and for spreadsheets.</summary>
public static class PlainText
{
    /// <summary>
    /// True for NUL, other control characters except tab and line ends, lone surrogates, and the two code points no XML
    /// may hold.
    /// </summary>
    public static bool HasForbidden(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return false;

        foreach (var character in text)
        {
            if (character < ' ' && character is not ('\t' or '\r' or '\n'))
                return true;
        }

        return HasBrokenCharacters(text);
    }

    /// <summary>
    /// The text as it is kept: without white space around it, without controls that turn the direction of what stands
    /// behind it, with line ends as <c>\n</c>; null where nobody would see anything.
    /// </summary>
    public static string? Trimmed(string? text)
    {
        if (string.IsNullOrWhiteSpace(text) || !Bidi.HasVisible(text))
            return null;

        var trimmed = Bidi.WithoutControls(text).Trim();
        return trimmed.Contains('\r', StringComparison.Ordinal)
            ? trimmed.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n')
            : trimmed;
    }

    /// <summary>At most so many characters, and an ellipsis where there were more; no sign is cut in two.</summary>
    public static string Shortened(string text, int max) =>
        text.Length <= max ? text : text[..(char.IsHighSurrogate(text[max - 1]) ? max - 1 : max)] + "…";

    /// <summary>
    /// Between U+2068 and U+2069: where no <c>bdi</c> can be, they keep a number or a name in its place among Arabic
    /// words. The groups of a code are isolated too (see <see cref="Bidi"/>).
    /// </summary>
    public static string Isolate(string? text)
    {
        text = Bidi.Closed(text ?? "");
        var found = Bidi.IsCode(text) ? Bidi.Parts(text).ToList() : [];
        if (!found.Any(p => p.IsGroup))
            return $"\u2068{text}\u2069";
        var inner = string.Concat(found.Select(p => p.IsGroup ? $"\u2068{p.Text}\u2069" : p.Text));
        // A letter inside an isolate does not count when the direction is guessed.
        var isGuessed = Bidi.IsRightToLeft(string.Concat(found.Where(p => !p.IsGroup).Select(p => p.Text)));
        var isRightToLeft = Bidi.IsRightToLeft(text) is true;
        var mark =
            isRightToLeft == isGuessed ? ""
            : isRightToLeft ? "\u200f"
            : "\u200e";
        return $"\u2068{mark}{inner}\u2069";
    }

    internal static bool HasBrokenCharacters(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is '\uFFFE' or '\uFFFF')
                return true;
            if (!char.IsSurrogate(text[i]))
                continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                return true;
            i++;
        }

        return false;
    }
}
