using System.Text.Json;

namespace MdcTts.Features.Audit.Listing;

/// <summary>A value that changed.</summary>
public sealed record AuditChange(string Field, string Old, string New)
{
    public bool IsChange => Old != New;
}

/// <summary>The data of an entry, split into values that changed and other facts.</summary>
/// <remarks>
/// Entries record changes in three forms: <c>{old:{…},new:{…}}</c>, <c>{from,to}</c>, or a list of
/// <c>{field,old,new}</c>.
/// </remarks>
public sealed record AuditChanges(IReadOnlyList<AuditChange> Changes, IReadOnlyList<KeyValuePair<string, string>> Facts)
{
    public static AuditChanges Of(string? json)
    {
        if (json is null)
            return new([], []);
        using var document = JsonDocument.Parse(json);
        return Of(document.RootElement);
    }

    public static AuditChanges Of(JsonElement data)
    {
        var changes = new List<AuditChange>();
        var facts = new List<KeyValuePair<string, string>>();
        if (
            data.ValueKind == JsonValueKind.Array
            && data.EnumerateArray().All(c => c.ValueKind == JsonValueKind.Object && c.TryGetProperty("field", out _))
        )
        {
            changes.AddRange(
                data.EnumerateArray()
                    .Select(c => new AuditChange(TextOf(c, "field"), TextOf(c, "old"), TextOf(c, "new")))
            );
            return new(changes, facts);
        }

        var parts = Flat("", data);
        changes.AddRange(Paired(parts, "old", "new"));
        changes.AddRange(Paired(parts, "from", "to"));
        facts.AddRange(parts.Where(p => Side(p.Key) is null));
        return new(changes, facts);
    }

    private static IEnumerable<AuditChange> Paired(List<KeyValuePair<string, string>> parts, string old, string @new)
    {
        var (before, after) = (SideOf(parts, old), SideOf(parts, @new));
        return before
            .Keys.Union(after.Keys, StringComparer.Ordinal)
            .Select(field => new AuditChange(
                field,
                before.GetValueOrDefault(field, ""),
                after.GetValueOrDefault(field, "")
            ));
    }

    // Pairs fields by name, at any depth: {old:{fields:{role}}} and {new:{role}}.
    private static Dictionary<string, string> SideOf(List<KeyValuePair<string, string>> parts, string side)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in parts.Where(p => Side(p.Key) == side))
            values[key == side ? "" : key[(key.LastIndexOf('.') + 1)..]] = value;
        return values;
    }

    private static string? Side(string key) =>
        key.Split('.')[0] is "old" or "new" or "from" or "to" ? key.Split('.')[0] : null;

    private static List<KeyValuePair<string, string>> Flat(string path, JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object =>
            [
                .. value
                    .EnumerateObject()
                    .SelectMany(p => Flat(path.Length == 0 ? p.Name : $"{path}.{p.Name}", p.Value)),
            ],
            JsonValueKind.Array =>
            [
                new(
                    path,
                    string.Join(
                        ", ",
                        value
                            .EnumerateArray()
                            .Select(v =>
                                v.ValueKind is JsonValueKind.Object or JsonValueKind.Array
                                    ? v.GetRawText()
                                    : v.ToString()
                            )
                    )
                ),
            ],
            _ => [new(path, value.ToString())],
        };

    private static string TextOf(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) ? value.ToString() : "";
}
