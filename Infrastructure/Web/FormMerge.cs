using System.Reflection;
using System.Text.Json;

namespace MdcTts.Infrastructure.Web;

/// <summary>
/// Two people edited the same version of something. Fields that only one of them changed are taken from that one; where
/// both did, the person chooses.
/// </summary>
public sealed record FormMerge
{
    // More than any form of ours holds.
    private const int OriginalMaxLength = 100_000;

    /// <summary>A field that both changed.</summary>
    public sealed record Clash(string Field, string Was, string Theirs, string Mine);

    /// <summary>Every field with what is to be saved; where both changed it, with what the person typed.</summary>
    public required IReadOnlyList<(string Name, string Value)> Merged { get; init; }
    public required IReadOnlyList<Clash> Clashes { get; init; }
    public required IReadOnlyList<string> TakenMine { get; init; }
    public required IReadOnlyList<string> TakenTheirs { get; init; }

    /// <summary>What is saved now, to be the next original.</summary>
    public required string Original { get; init; }

    /// <summary>The version to save over.</summary>
    public string Version { get; init; } = "";

    /// <summary>Where the choices are posted.</summary>
    public string Action { get; init; } = "";

    /// <summary>Where to go without saving.</summary>
    public string Back { get; init; } = "";

    /// <summary>What was edited, by its name.</summary>
    public string What { get; init; } = "";

    /// <summary>The pages above this one.</summary>
    public IReadOnlyList<(string Url, string Name)> Crumbs { get; init; } = [];

    /// <summary>The entry of the navigation.</summary>
    public string Section { get; init; } = "";

    /// <summary>Who saved meanwhile, and when; null where that is not at hand.</summary>
    public (string Name, DateTime At)? By { get; init; }

    /// <summary>A field's name as the page shows it.</summary>
    public Func<string, string> Label { get; init; } = field => field;

    /// <summary>A field's value as people read it: names instead of keys and ids.</summary>
    public Func<string, string, string> Show { get; init; } = (_, value) => value;

    /// <summary>May be sent while the system is read-only.</summary>
    public bool IsOpen { get; init; }

    /// <param name="names">The fields in the page's order.</param>
    /// <param name="original">What the person began with; null when that is not known, and then they are asked.</param>
    /// <param name="isSame">Whether two values of a field mean the same.</param>
    public static FormMerge Of(
        IEnumerable<string> names,
        IReadOnlyDictionary<string, string> mine,
        IReadOnlyDictionary<string, string>? original,
        IReadOnlyDictionary<string, string> theirs,
        Func<string, string, string, bool>? isSame = null
    )
    {
        var all = names.ToList();
        bool Same(string name, string one, string other) =>
            isSame is null ? one.ReplaceLineEndings("\n") == other.ReplaceLineEndings("\n") : isSame(name, one, other);
        string Mine(string name) => mine.GetValueOrDefault(name, "");
        string Theirs(string name) => theirs.GetValueOrDefault(name, "");
        string Was(string name) => original?.GetValueOrDefault(name, "") ?? "";

        var fields = all.Where(n => !Same(n, Mine(n), Theirs(n))).ToList();
        var takenTheirs = fields.Where(n => original is not null && Same(n, Mine(n), Was(n))).ToList();
        var takenMine = fields.Except(takenTheirs).Where(n => original is not null && Theirs(n) == Was(n)).ToList();
        var clashes = fields.Except(takenTheirs).Except(takenMine);
        return new()
        {
            Merged = [.. all.Select(n => (n, takenTheirs.Contains(n) ? Theirs(n) : Mine(n)))],
            Clashes = [.. clashes.Select(n => new Clash(n, Was(n), Theirs(n), Mine(n)))],
            TakenMine = takenMine,
            TakenTheirs = takenTheirs,
            Original = Write(theirs),
        };
    }

    /// <summary>
    /// The fields of what is posted about a thing: its texts, under the names that the form gives them.
    /// </summary>
    public static IReadOnlyDictionary<string, string> ValuesOf(object input) =>
        input
            .GetType()
            .GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.PropertyType == typeof(string))
            .ToDictionary(
                p => JsonNamingPolicy.CamelCase.ConvertName(p.Name),
                p => (string?)p.GetValue(input) ?? "",
                StringComparer.Ordinal
            );

    /// <summary>For the hidden field <c>original</c>.</summary>
    public static string Write(IReadOnlyDictionary<string, string> values) =>
        JsonSerializer.Serialize(values.Where(v => v.Value.Length > 0).ToDictionary(v => v.Key, v => v.Value));

    /// <summary>What <see cref="Write"/> wrote; null when it cannot be read.</summary>
    public static IReadOnlyDictionary<string, string>? Read(string? json)
    {
        if (json is not { Length: > 0 and <= OriginalMaxLength })
            return null;
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string>>(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
