using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace MdcTts.Infrastructure.Text;

/// <summary>Names of people as they are called: عبد الله is one name, not two.</summary>
public static class PersonName
{
    // Each makes one name with the word behind it.
    private static readonly string[] Joining = ["عبد", "أبو", "ابو", "أم", "ام", "ابن", "آل", "ال", "ذو"];

    // Not a name of its own: son of, daughter of.
    private static readonly string[] Linking = ["بن", "بنت", "ابن"];

    // Arabic letters would join, and two initials look like a syllable.
    private const string NotJoined = "\u200c";

    /// <summary>The name for a reader of this language: the Arabic one in Arabic, where the person has one.</summary>
    [return: NotNullIfNotNull(nameof(fullName))]
    public static string? Shown(string? fullName, string? nameAr) =>
        nameAr is { Length: > 0 } && CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "ar" ? nameAr : fullName;

    /// <summary>The name that people are called by: "Sara", "عبد الله".</summary>
    public static string First(string fullName) => Names(fullName).FirstOrDefault() ?? fullName;

    /// <summary>
    /// First letters of the first two names, for the round picture; the article is no letter of a name.
    /// </summary>
    public static string Initials(string fullName) =>
        string.Join(
            fullName.Any(c => c is >= '\u0620' and <= '\u064a') ? NotJoined : "",
            Names(fullName).Where(n => !Linking.Contains(n)).Take(2).Select(Initial)
        );

    /// <summary>Folded, and with عبد joined to the name behind it: people write both عبدالله and عبد الله.</summary>
    public static string Folded(string? text) => ArabicText.WithJoinedNames(ArabicText.Fold(text));

    private static List<string> Names(string fullName)
    {
        var names = new List<string>();
        var words = fullName.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < words.Length; i++)
        {
            var joins = Joining.Contains(words[i]) && i + 1 < words.Length && !(i > 0 && Linking.Contains(words[i]));
            names.Add(joins ? $"{words[i]} {words[++i]}" : words[i]);
        }

        return names;
    }

    private static string Initial(string name)
    {
        var letters = name.StartsWith("ال", StringComparison.Ordinal) && name.Length > 3 ? name[2..] : name;
        var first = letters.EnumerateRunes().First();
        return System.Text.Rune.ToUpperInvariant(first).ToString();
    }
}
