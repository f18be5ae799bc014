using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace MdcTts.Infrastructure.Text;

/// <summary>Folds Arabic and Latin text, so that what people type differently is found alike.</summary>
public static partial class ArabicText
{
    /// <summary>Text beyond this many characters is not folded; no field of ours comes near.</summary>
    public const int MaxLength = 100_000;

    /// <summary>A word of a query is cut at this many characters.</summary>
    public const int WordMaxLength = 50;

    private const int QueryMaxLength = 1_000;

    /// <summary>The form of a text that is stored for searching and compared with folded queries.</summary>
    /// <remarks>
    /// One hamza, alef, yeh and heh for all their spellings, no tatweel, no diacritics, accents or Quranic marks, no
    /// bidi controls or
    /// zero-width characters, digits 0-9, lower case, compatibility forms resolved, white space collapsed. Folding
    /// twice changes nothing.
    /// </remarks>
    public static string Fold(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return string.Empty;
        if (text.Length > MaxLength)
            text = text[..MaxLength];

        // The full decomposition parts a letter from its hamza, madda or accent, which are then dropped as marks.
        var decomposed = Normalizable(text).Normalize(NormalizationForm.FormKD);
        var folded = new StringBuilder(decomposed.Length);
        foreach (var rune in decomposed.EnumerateRunes())
            Append(folded, rune);

        if (folded.Length > 0 && folded[^1] == ' ')
            folded.Length--;
        return folded.ToString().Normalize(NormalizationForm.FormKC);
    }

    /// <summary>
    /// The distinct folded words of a query, in order: at most <paramref name="most"/>, none longer than
    /// <see cref="WordMaxLength"/>.
    /// </summary>
    public static IReadOnlyList<string> Words(string? query, int most = 8)
    {
        if (string.IsNullOrWhiteSpace(query))
            return [];
        if (query.Length > QueryMaxLength)
            query = query[..QueryMaxLength];

        return
        [
            .. Fold(query)
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(WithoutPunctuation)
                .Select(Shortened)
                .Distinct(StringComparer.Ordinal)
                .Take(Math.Max(0, most)),
        ];
    }

    /// <summary>Where folded words stand in a text as it was written, in order and apart from each other.</summary>
    public static IReadOnlyList<(int Start, int End)> Find(string text, IEnumerable<string> words)
    {
        // Folding a sign at a time keeps the place of each.
        var folded = new StringBuilder(text.Length);
        var places = new List<int>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var sign = char.IsWhiteSpace(text[i]) ? " " : Fold(text[i].ToString());
            folded.Append(sign);
            places.AddRange(Enumerable.Repeat(i, sign.Length));
        }

        var whole = folded.ToString();
        var marked = new bool[text.Length];
        foreach (var word in words.Where(w => w.Length > 0))
        {
            for (
                var at = whole.IndexOf(word, StringComparison.Ordinal);
                at >= 0;
                at = whole.IndexOf(word, at + word.Length, StringComparison.Ordinal)
            )
                Array.Fill(marked, true, places[at], places[at + word.Length - 1] - places[at] + 1);
        }

        var found = new List<(int, int)>();
        for (var i = 0; i < marked.Length; i++)
        {
            if (!marked[i])
                continue;
            var start = i;
            while (
                i < marked.Length
                && (marked[i] || (i > start && char.GetUnicodeCategory(text[i]) is UnicodeCategory.NonSpacingMark))
            )
                i++;
            found.Add((start, i));
        }

        return found;
    }

    /// <summary>A folded text with عبد joined to the word behind it.</summary>
    internal static string WithJoinedNames(string folded) => Servant().Replace(folded, "عبد");

    // A word that was copied keeps its comma or its quotation marks; of signs alone nothing would be left.
    private static string WithoutPunctuation(string word) =>
        word.Trim(Punctuation) is { Length: > 0 } bare ? bare : word;

    private static readonly char[] Punctuation = [.. "،؛؟.,;:!?\"'«»“”„‘’‹›()[]{}…"];

    private static string Shortened(string word)
    {
        if (word.Length <= WordMaxLength)
            return word;
        return char.IsHighSurrogate(word[WordMaxLength - 1]) ? word[..(WordMaxLength - 1)] : word[..WordMaxLength];
    }

    private static void Append(StringBuilder folded, Rune rune)
    {
        if (Rune.IsWhiteSpace(rune))
        {
            if (folded.Length > 0 && folded[^1] != ' ')
                folded.Append(' ');
            return;
        }

        if (IsDropped(rune))
            return;
        if (!rune.IsBmp)
        {
            folded.Append(Rune.ToLowerInvariant(rune).ToString());
            return;
        }

        folded.Append(Letter((char)rune.Value));
    }

    private static bool IsDropped(Rune rune) =>
        rune.Value switch
        {
            0x0640 => true, // tatweel
            0x06DE or 0x06E5 or 0x06E6 or 0x06E9 => true, // Quranic signs that Unicode does not count as marks
            _ => Rune.GetUnicodeCategory(rune)
                is UnicodeCategory.NonSpacingMark
                    or UnicodeCategory.EnclosingMark
                    or UnicodeCategory.Format
                    or UnicodeCategory.Control,
        };

    [GeneratedRegex(@"(?<!\p{L})عبد (?=\p{L})", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Servant();

    private static char Letter(char letter) =>
        letter switch
        {
            'ٱ' or 'ٲ' or 'ٳ' => 'ا',
            'ى' or 'ی' or 'ې' or 'ے' => 'ي',
            'ة' or 'ۃ' or 'ە' or 'ہ' or 'ھ' => 'ه',
            'ک' or 'ڪ' => 'ك',
            // Word processors put other dashes where people type a hyphen.
            (>= '\u2010' and <= '\u2015') or '\u2212' or '\u2043' or '\uFE63' or '\uFF0D' or '\uFE58' => '-',
            _ => char.ToLowerInvariant(Digits.ToWestern(letter)),
        };

    /// <summary>
    /// <see cref="string.Normalize()"/> throws at lone surrogates and at U+FFFE; nothing anyone looks for holds them.
    /// </summary>
    private static string Normalizable(string text)
    {
        if (!PlainText.HasBrokenCharacters(text))
            return text;

        var sound = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is not (0xFFFD or 0xFFFE or 0xFFFF))
                sound.Append(rune.ToString());
        }

        return sound.ToString();
    }
}
