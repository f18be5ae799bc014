using MdcTts.Infrastructure.Text;

namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>
/// What the names in a register mean: every dictionary goes from a folded name (<see cref="Folded"/>) to the key that a
/// transaction stores.
/// </summary>
public sealed record RegisterNames
{
    /// <summary>The priorities are fixed; these are the words that people use for them.</summary>
    public static IReadOnlyDictionary<string, string> Priorities { get; } =
        Folded([
            new("low", ["low", "منخفضة", "منخفض"]),
            new("normal", ["normal", "medium", "عادية", "عادي", "متوسطة", "متوسط"]),
            new("high", ["high", "عالية", "عالي", "مرتفعة", "مرتفع"]),
            new("urgent", ["urgent", "critical", "عاجلة", "عاجل", "عاجل جدا", "طارئة"]),
        ]);

    public required IReadOnlyDictionary<string, string> Types { get; init; }

    public required IReadOnlyDictionary<string, string> Categories { get; init; }

    public required IReadOnlyDictionary<string, string> Statuses { get; init; }

    /// <summary>The keys of the statuses that rows may carry; null: all.</summary>
    public IReadOnlySet<string>? StatusesOfEditors { get; init; }

    public IReadOnlyDictionary<string, string> Departments { get; init; } =
        new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Folded e-mail address of active staff → user id.</summary>
    public required IReadOnlyDictionary<string, string> Assignees { get; init; }

    /// <summary>Folded client name, in either language → client id.</summary>
    public IReadOnlyDictionary<string, string> Clients { get; init; } =
        new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Folded project code or name → project id.</summary>
    public IReadOnlyDictionary<string, string> Projects { get; init; } =
        new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Whether every client that is not known is to be created, and not only those that are chosen.</summary>
    public bool WantsClients { get; init; }

    /// <summary>Whether clients are created; else an admin must allow it.</summary>
    public bool MayCreateClients { get; init; }

    /// <summary>What people said that other names mean.</summary>
    public RegisterMeanings Meanings { get; init; } = new(new Dictionary<(RegisterField Field, string Name), string>());

    /// <summary>User id → folded full name of active staff.</summary>
    public IReadOnlyDictionary<string, string> AssigneeNames { get; init; } =
        new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The time in Riyadh: nothing was created, submitted or completed after it.</summary>
    public DateTime Now { get; init; } = DateTime.MaxValue;

    /// <summary>The type of rows that name none; null makes that a fault.</summary>
    public string? DefaultType { get; init; }

    /// <summary>The status of rows that name none.</summary>
    public required string DefaultStatus { get; init; }

    /// <summary>The key of a name that a register uses; null when it is not known.</summary>
    public static string? Find(IReadOnlyDictionary<string, string> known, string text) =>
        known.GetValueOrDefault(ArabicText.Fold(text)) ?? known.GetValueOrDefault(Spelling(text));

    /// <summary>The folded name; a hyphen or an underscore parts words as a space does.</summary>
    private static string Spelling(string? name) =>
        string.Join(
            ' ',
            ArabicText.Fold(name).Replace('-', ' ').Replace('_', ' ').Split(' ', StringSplitOptions.RemoveEmptyEntries)
        );

    /// <summary>
    /// Folds the names that go with each key, and the key itself (<c>under_review</c>, also as "under review"); of
    /// equal names the first stays.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Folded(
        IEnumerable<KeyValuePair<string, IEnumerable<string?>>> names
    )
    {
        var folded = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, spellings) in names)
        {
            foreach (var name in spellings.Append(key).Append(key.Replace('_', ' ')))
            {
                if (Spelling(name) is { Length: > 0 } spelling)
                    folded.TryAdd(spelling, key);
            }
        }

        return folded;
    }
}
