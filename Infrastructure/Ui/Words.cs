using System.Collections.Frozen;
using System.Globalization;
using System.Resources;
using MdcTts.Infrastructure.Text;

namespace MdcTts.Infrastructure.Ui;

/// <summary>
/// Every text a person sees, in one language. The texts live beside their features as <c>*.restext</c> (English) and
/// <c>*.ar.restext</c> (Arabic), <c>key=value</c> a line; keys begin with the feature's name and are unique over all
/// files.
/// </summary>
/// <remarks>
/// One catalogue read at start instead of one <c>IStringLocalizer&lt;T&gt;</c> a feature: a <c>Problem</c> carries only
/// a key, wherever it
/// is shown. A missing key throws in Debug-time tests and shows itself in brackets otherwise, never an empty string.
/// </remarks>
public sealed class Words
{
    private static readonly Words English = new("en", CultureInfo.InvariantCulture);
    private static readonly Words Arabic = new("ar", new CultureInfo("ar"));

    private readonly FrozenDictionary<string, string> _texts;

    private Words(string language, CultureInfo culture)
    {
        Language = language;
        _texts = Read(culture).ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>The languages that exist, the default first.</summary>
    public static IReadOnlyList<string> Languages { get; } = ["en", "ar"];

    /// <summary>The words in the language of the request (<see cref="CultureInfo.CurrentUICulture"/>).</summary>
    public static Words T => For(CultureInfo.CurrentUICulture.TwoLetterISOLanguageName);

    /// <summary><c>en</c> or <c>ar</c>.</summary>
    public string Language { get; }

    /// <summary><c>ltr</c> or <c>rtl</c>.</summary>
    public string Direction => IsArabic ? "rtl" : "ltr";

    /// <summary>The arrow from an old value to a new one: it does not turn round by itself.</summary>
    public string Arrow => IsArabic ? "←" : "→";

    /// <summary>True in Arabic.</summary>
    public bool IsArabic => Language == "ar";

    /// <summary>All keys and texts, for the tests that compare the languages.</summary>
    public IReadOnlyDictionary<string, string> All => _texts;

    /// <summary>The words in a language; English for an unknown one.</summary>
    public static Words For(string? language) => language == "ar" ? Arabic : English;

    /// <summary>The text of a key.</summary>
    public string this[string key] => _texts.TryGetValue(key, out var text) ? text : $"[{key}]";

    /// <summary>The text of a key with its arguments filled in.</summary>
    public string this[string key, params object[] args] =>
        args.Length == 0 ? this[key] : string.Format(CultureInfo.InvariantCulture, this[key], args);

    /// <summary>True when the key has a text.</summary>
    public bool Has(string key) => _texts.ContainsKey(key);

    /// <summary>
    /// The form of a text that fits a count (<c>key.one</c>, <c>key.two</c>, <c>key.few</c>, <c>key.many</c>,
    /// <c>key.other</c>, <c>key.zero</c>; all six in Arabic).
    /// Argument {0} is the count, grouped; further arguments follow.
    /// </summary>
    public string Count(string key, long count, params object[] args)
    {
        // English has no form of its own for zero, but a text may: "today" reads better than "0 working days".
        var form =
            count == 0 && Has(key + ".zero")
                ? key + ".zero"
                : $"{key}.{Plural.Category((int)Math.Min(Math.Abs(count), int.MaxValue), Language)}";
        return this[Has(form) ? form : $"{key}.other", [Number(count), .. args]];
    }

    /// <summary>A whole number with thousands separators and Western digits: 1,284.</summary>
    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Picks the name in this language, or the other one where it is missing.</summary>
    public string Pick(string? english, string? arabic) =>
        (IsArabic ? Filled(arabic) ?? english : Filled(english) ?? arabic) ?? "";

    private static string? Filled(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static IEnumerable<KeyValuePair<string, string>> Read(CultureInfo culture)
    {
        var assembly = typeof(Words).Assembly;
        foreach (
            var name in assembly
                .GetManifestResourceNames()
                .Where(n => n.EndsWith("Text.resources", StringComparison.Ordinal))
        )
        {
            var manager = new ResourceManager(name[..^".resources".Length], assembly);
            var set = manager.GetResourceSet(culture, createIfNotExists: true, tryParents: false);
            if (set is null)
                continue;
            foreach (System.Collections.DictionaryEntry entry in set)
                yield return new((string)entry.Key, (string)entry.Value!);
        }
    }
}
