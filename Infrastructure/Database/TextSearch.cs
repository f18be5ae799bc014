using System.Text.RegularExpressions;

namespace MdcTts.Infrastructure.Database;

/// <summary>Searching folded text (<c>ArabicText.Fold</c>) by parts of words, by index on both engines.</summary>
public static partial class TextSearch
{
    /// <summary>Trigrams need three characters; shorter words are looked up by scanning.</summary>
    public const int IndexedLength = 3;

    /// <summary>A LIKE pattern that finds the word anywhere; use with <see cref="Escape"/>.</summary>
    public static string Anywhere(string word) => "%" + Special().Replace(word, @"\$0") + "%";

    /// <summary>The same for pieces with any one sign between them.</summary>
    public static string Anywhere(IEnumerable<string> pieces) =>
        "%" + string.Join('_', pieces.Select(p => Special().Replace(p, @"\$0"))) + "%";

    /// <summary>The escape character of <see cref="Anywhere(string)"/>.</summary>
    public const string Escape = "\\";

    /// <summary>
    /// An FTS5 expression that wants one spelling of every word, each quoted so that none is read as syntax.
    /// </summary>
    public static string MatchAll(IEnumerable<IEnumerable<string>> words) =>
        string.Join(" AND ", words.Select(spellings => $"({string.Join(" OR ", spellings.Select(Quoted))})"));

    private static string Quoted(string word) => "\"" + word.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

    [GeneratedRegex(@"[%_\\]", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Special();
}
