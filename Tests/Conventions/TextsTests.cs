using System.Text.RegularExpressions;
using MdcTts.Infrastructure.Ui;
using MdcTts.Support;
using Xunit;

namespace MdcTts.Conventions;

[Trait("runs", "once")]
public sealed partial class TextsTests
{
    private static readonly string[] Forms = ["zero", "one", "two", "few", "many", "other"];
    private static readonly IReadOnlyDictionary<string, string> English = Words.For("en").All;
    private static readonly IReadOnlyDictionary<string, string> Arabic = Words.For("ar").All;
    private static readonly IReadOnlyList<(string Path, string Text)> Sources = Repository.Sources(".cs", ".cshtml");

    /// <summary>
    /// Keys asked for by name, with the place: the first argument of T[…], Count, Sentence, problems, errors and
    /// fields.
    /// </summary>
    private static readonly List<(string Path, string Key, bool IsPrefix, bool IsCounted)> Asked =
    [
        .. Sources.SelectMany(s => KeyExpressions.In(s.Text).Select(k => (s.Path, k.Key, k.IsPrefix, k.IsCounted))),
    ];

    [Fact]
    public void Every_text_has_one_place_and_both_languages()
    {
        var files = Directory
            .EnumerateFiles(Repository.Root, "*Text.restext", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Repository.Root, "*Text.ar.restext", SearchOption.AllDirectories))
            .Where(f => !f.Contains("/bin/") && !f.Contains("/obj/"))
            .ToList();
        var lines = files
            .SelectMany(f =>
                File.ReadLines(f)
                    .Where(l => l.Contains('='))
                    .Select(l =>
                        (
                            Language: f.EndsWith(".ar.restext", StringComparison.Ordinal) ? "ar" : "en",
                            Key: l.Split('=')[0].Trim(),
                            File: f
                        )
                    )
            )
            .ToList();
        Assert.True(lines.Count > 200);

        Check.None(
            lines
                .GroupBy(l => (l.Language, l.Key))
                .Where(g => g.Count() > 1)
                .Select(g => $"{g.Key} in {string.Join(", ", g.Select(l => Path.GetFileName(l.File)))}"),
            "Keep one of the texts of each of these keys"
        );
        Check.None(
            lines
                .Where(l => l.Language == "en")
                .GroupBy(l => l.File)
                .Where(g => !File.Exists(g.Key.Replace(".restext", ".ar.restext")))
                .Select(g => g.Key),
            "Put an .ar.restext beside each of these"
        );
    }

    [Fact]
    public void Both_languages_have_the_same_keys()
    {
        Assert.True(English.Count > 100);

        Check.None(
            Plain(English).Except(Plain(Arabic)).Concat(Counted(English).Except(Counted(Arabic))),
            "Add these to the .ar.restext beside the .restext that has them"
        );
        Check.None(
            Plain(Arabic).Except(Plain(English)).Concat(Counted(Arabic).Except(Counted(English))),
            "Add these to the .restext beside the .ar.restext that has them"
        );
    }

    [Fact]
    public void English_knows_one_and_other_and_arabic_all_six_forms()
    {
        Assert.NotEmpty(Counted(English));

        Check.None(
            Counted(English)
                .SelectMany(k => new[] { "one", "other" }.Select(f => $"{k}.{f}"))
                .Where(k => !English.ContainsKey(k)),
            "A counted text needs these in English"
        );
        Check.None(
            Counted(English).SelectMany(k => Forms.Select(f => $"{k}.{f}")).Where(k => !Arabic.ContainsKey(k)),
            "A counted text needs these in Arabic"
        );
    }

    [Fact]
    public void Both_languages_use_the_same_arguments()
    {
        Assert.Contains(English.Values, t => Placeholders(t).Any());

        Check.None(
            Plain(English)
                .Where(k => Arabic.ContainsKey(k) && !Placeholders(English[k]).SequenceEqual(Placeholders(Arabic[k]))),
            "Use the same arguments, {0} and so on, in both languages"
        );
        // One and two may be said without their number, the others not.
        Check.None(
            from key in Counted(English)
            let expected = Placeholders(English[key + ".other"]).ToList()
            from form in Forms
            from text in new[] { English, Arabic }
                .Where(t => t.ContainsKey($"{key}.{form}"))
                .Select(t => Placeholders(t[$"{key}.{form}"]).ToList())
            where
                form is "zero" or "one" or "two"
                    ? text.Except(expected).Any() || expected.Except(text).Any(p => p != "{0}")
                    : !text.SequenceEqual(expected)
            select $"{key}.{form}",
            "Use the arguments of the English .other; only the number may be left out, in zero, one and two"
        );
    }

    [Fact]
    public void No_text_is_empty_or_left_in_the_other_language()
    {
        Assert.NotEmpty(Arabic);

        Check.None(English.Concat(Arabic).Where(t => t.Value.Length == 0).Select(t => t.Key), "These are empty");
        Check.None(
            English.Where(t => ArabicLetter().IsMatch(t.Value)).Select(t => t.Key),
            "These have Arabic letters in the English file"
        );
        // Names of formats and of ourselves are the same in both; whatever else has letters must have Arabic ones.
        Check.None(
            Arabic
                .Where(t =>
                    LatinWord().IsMatch(t.Value) && !ArabicLetter().IsMatch(t.Value) && !SameInBoth().IsMatch(t.Value)
                )
                .Select(t => $"{t.Key}={t.Value}"),
            "Translate these in the .ar.restext"
        );
    }

    [Fact]
    public void Every_text_that_is_asked_for_exists()
    {
        Assert.True(Asked.Count > 100);

        Check.None(
            Asked
                .Where(a =>
                    a.IsPrefix ? !English.Keys.Any(k => k.StartsWith(a.Key, StringComparison.Ordinal))
                    : a.IsCounted ? !English.ContainsKey(a.Key + ".other")
                    : !English.ContainsKey(a.Key)
                )
                .Select(a => $"{a.Path}: {a.Key}"),
            "These ask for a text that is not there: add it to the .restext and the .ar.restext of the feature"
        );
    }

    [Fact]
    public void Every_text_is_used()
    {
        // Any literal counts, wherever it stands: a key may wait in a variable or a table.
        var all = string.Join('\n', Sources.Select(s => s.Text));
        var prefixes = Prefix().Matches(all).Select(m => m.Groups["text"].Value).ToHashSet(StringComparer.Ordinal);
        var endings = Ending().Matches(all).Select(m => m.Groups["text"].Value).ToHashSet(StringComparer.Ordinal);
        Assert.Contains("problem.title.", prefixes);

        bool IsNamed(string key) => all.Contains($"\"{key}\"", StringComparison.Ordinal);
        bool IsUsed(string key) =>
            IsNamed(key)
            || prefixes.Any(p => key.StartsWith(p, StringComparison.Ordinal))
            || endings.Any(e => key.EndsWith(e, StringComparison.Ordinal) && IsNamed(key[..^e.Length]));
        Check.None(
            Plain(English).Concat(Counted(English)).Where(k => !IsUsed(k)),
            "Nothing asks for these texts: take them off both files"
        );
    }

    [Fact]
    public void Pages_hold_no_text_of_their_own()
    {
        var slices = WrittenText.OfSlices().ToList();
        Assert.True(slices.Count > 10);
        Assert.Contains(slices, s => s.Html.Contains("<table", StringComparison.Ordinal));

        Check.None(
            slices.SelectMany(s => WrittenText.Words(s.Html).Select(w => $"{s.Name}: {w}")),
            "Put these words into the feature's .restext and .ar.restext, and write @T[\"key\"]"
        );
    }

    private static IEnumerable<string> Counted(IReadOnlyDictionary<string, string> texts) =>
        texts.Keys.Where(k => k.EndsWith(".other", StringComparison.Ordinal)).Select(k => k[..^".other".Length]);

    private static IEnumerable<string> Plain(IReadOnlyDictionary<string, string> texts)
    {
        var counted = Counted(texts).ToHashSet(StringComparer.Ordinal);
        return texts.Keys.Where(k =>
            !(k.LastIndexOf('.') is var dot and > 0 && Forms.Contains(k[(dot + 1)..]) && counted.Contains(k[..dot]))
        );
    }

    private static IEnumerable<string> Placeholders(string text) =>
        Placeholder().Matches(text).Select(m => m.Value).Distinct().Order(StringComparer.Ordinal);

    [GeneratedRegex(@"\{\d+\}", RegexOptions.None, 1000)]
    private static partial Regex Placeholder();

    // "transactions.by." + name, $"problem.title.{status}"
    [GeneratedRegex(@"""(?<text>[a-z_]+(\.[a-zA-Z_]+)*[._])(""|\{)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Prefix();

    // key + ".title"
    [GeneratedRegex(@"""(?<text>[._][a-z_]+)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Ending();

    [GeneratedRegex(@"[\u0621-\u064A]", RegexOptions.None, 1000)]
    private static partial Regex ArabicLetter();

    [GeneratedRegex("[A-Za-z]{2,}", RegexOptions.None, 1000)]
    private static partial Regex LatinWord();

    [GeneratedRegex(
        @"^[\W\d]*((Excel|CSV|JSON|PDF|MDC|QR|API|SVG|PNG|XLSX|HTTP|URL|ID)[\W\d]*)+$",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex SameInBoth();
}
