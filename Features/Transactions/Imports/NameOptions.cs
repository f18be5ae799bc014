using MdcTts.Features.Catalogue;
using MdcTts.Features.Transactions.Imports.Parsing;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>What an unknown name may mean, for the page.</summary>
/// <param name="Value">As <see cref="CorrectImport"/> understands it.</param>
/// <param name="Label">In the reader's language.</param>
/// <param name="Folded">All its names, to find it by.</param>
public sealed record NameOption(string Value, string Label, string Folded)
{
    private static readonly char[] Separators = [' ', '.', ',', '-', '_', '(', ')', '/'];

    /// <summary>The choices of a field, in the order in which forms have them.</summary>
    public static IReadOnlyList<NameOption> Of(RegisterField field, Choices choices, CatalogueEntries catalogue) =>
        field switch
        {
            RegisterField.Client => [.. choices.Clients.Select(c => Of(c.Name, c.Name, c.NameEn, c.NameAr))],
            RegisterField.Project =>
            [
                .. choices.Projects.Select(p => Of(p.Code, $"{p.Code} · {p.Name}", p.Code, p.NameEn, p.NameAr)),
            ],
            RegisterField.Assignee => [.. choices.Staff.Select(p => Of(p.Email, p.Name, p.Name, p.Email))],
            RegisterField.Status =>
            [
                .. catalogue.Workflow.Statuses.Select(s => Of(s.Key, s.Name, s.Key, s.NameEn, s.NameAr)),
            ],
            RegisterField.Priority => [.. Keys.All<Priority>().Select(key => Of(key, Words.T["priority." + key], key))],
            RegisterField.Type => Listed(ListKind.Type, catalogue),
            RegisterField.Category => Listed(ListKind.Category, catalogue),
            _ => Listed(ListKind.Department, catalogue),
        };

    /// <summary>So many that one types and searches instead of choosing.</summary>
    public static bool IsSearched(RegisterField field) => field is RegisterField.Client or RegisterField.Project;

    /// <summary>
    /// The one option that a text may abbreviate: each word of the text begins a word of it. Null when there is none,
    /// or more than one.
    /// </summary>
    public static NameOption? Suggest(string text, IReadOnlyList<NameOption> options)
    {
        var words = WordsOf(ArabicText.Fold(text));
        if (words.Length == 0)
            return null;
        var found = options
            .Where(option =>
            {
                var names = WordsOf(option.Folded);
                return Array.TrueForAll(
                    words,
                    word => Array.Exists(names, name => name.StartsWith(word, StringComparison.Ordinal))
                );
            })
            .Take(2)
            .ToList();
        return found.Count == 1 ? found[0] : null;
    }

    private static string[] WordsOf(string folded) =>
        folded.Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static NameOption Of(string value, string label, params string?[] names) =>
        new(value, label, ArabicText.Fold(string.Join(' ', names)));

    private static IReadOnlyList<NameOption> Listed(ListKind kind, CatalogueEntries catalogue) =>
        [.. catalogue.Of(kind).Select(i => Of(i.Key, i.Name, i.Key, i.NameEn, i.NameAr))];
}
