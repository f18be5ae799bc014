using System.Text.RegularExpressions;

namespace MdcTts.Infrastructure.Text;

/// <summary>
/// A word of a query with the other ways to write it. Stored texts are folded once and stay so; what people spell
/// differently is tried when they ask.
/// </summary>
/// <param name="Spellings">Folded; any of them will do. The first is the word as it was typed.</param>
/// <param name="Pieces">
/// Its letters and digits by groups, when it is a number that people write with other signs: <c>ص4326/6</c> is ص, 4326
/// and 6 with any one sign between them. Empty otherwise.
/// </param>
public sealed partial record SearchWord(IReadOnlyList<string> Spellings, IReadOnlyList<string> Pieces)
{
    private const int PiecesMax = 6;

    /// <summary>The words of a query, at most eight.</summary>
    public static IReadOnlyList<SearchWord> Of(string? query)
    {
        var words = new List<SearchWord>();
        foreach (var typed in Typed(query))
        {
            if (Parted(typed) is { } parts)
                words.AddRange(parts.Select(Word));
            else
                words.Add(Word(typed));
        }

        return [.. words.DistinctBy(w => w.Spellings[0], StringComparer.Ordinal).Take(8)];
    }

    /// <summary>Every text that marks a hit.</summary>
    public IEnumerable<string> Marks =>
        Pieces.Count > 0 ? Spellings.Concat(Pieces.Where(p => p.Length > 1)) : Spellings;

    // Unfolded, because folding does away with the hamza that tells which letters are spelled differently.
    private static IEnumerable<string> Typed(string? query) =>
        (query ?? "")
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Take(20)
            .Where(t => ArabicText.Words(t).Any(w => w.Any(char.IsLetterOrDigit)))
            .DefaultIfEmpty(query?.Trim() ?? "")
            .Where(t => ArabicText.Words(t).Count > 0);

    // Words that a hyphen or a stroke joins are two words. A number is not parted: "4326/6" must not find every 6.
    private static List<string>? Parted(string typed)
    {
        if (typed.Any(char.IsDigit) || typed.Contains('@', StringComparison.Ordinal))
            return null;
        var parts = Joints().Split(typed).Where(p => p.Length > 0).ToList();
        return parts.Count > 1 && parts.TrueForAll(p => p.Length > 1) ? parts : null;
    }

    private static SearchWord Word(string typed)
    {
        var folded = ArabicText.Words(typed);
        // Several only for a text of signs alone.
        var word = string.Join(' ', folded);
        var spellings = new List<string> { word };
        // Both spellings of one word are taught at school: مسؤول and مسئول.
        if (typed.AsSpan().IndexOfAny("ؤئء") >= 0)
            foreach (var carrier in new[] { 'و', 'ي' })
                spellings.Add(ArabicText.Fold(Carriers().Replace(typed, carrier.ToString())));
        if (word.Length > 5 && word.StartsWith("عبد", StringComparison.Ordinal))
            spellings.Add("عبد " + word[3..]);
        var pieces = Number().IsMatch(word) ? [] : Groups().Matches(word).Select(m => m.Value).ToList();
        var isNumber = word.Any(char.IsAsciiDigit) && pieces.Count is > 1 and <= PiecesMax;
        return new(
            [.. spellings.Where(s => s.Length > 0).Distinct(StringComparer.Ordinal)],
            isNumber && pieces.Exists(p => p.Length > 2) ? pieces : []
        );
    }

    [GeneratedRegex(@"[-–—−/\\.,،؛:]", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Joints();

    [GeneratedRegex("[ؤئء]", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Carriers();

    [GeneratedRegex(@"[0-9]+|[\p{L}]+", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Groups();

    // Ours are always written the same way.
    [GeneratedRegex(@"\Atrx-[0-9]{4}-[0-9]{5,}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Number();
}
