using System.Globalization;
using System.Text.Json;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Text;

namespace MdcTts.Features.Transactions.Editing;

/// <summary>
/// The form's fields as plain text by name: what was typed is shown again, kept as a draft and merged field by field
/// without knowing what it means.
/// </summary>
public sealed class TransactionForm
{
    /// <summary>Bytes of JSON that a kept form may have.</summary>
    public const int JsonMaxLength = 64_000;

    /// <summary>The fields in the form's order.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "referenceNumber",
        "title",
        "description",
        "type",
        "category",
        "priority",
        "client",
        "project",
        "department",
        "assignee",
        "dueDate",
        "amount",
        "currency",
        "holder",
        "holderName",
        "holderSince",
        "tags",
        "authorityReferences",
        "internalNotes",
    ];

    private static readonly string[] OfManyLines = ["description", "authorityReferences", "internalNotes"];

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <summary>A field's text; empty when not filled.</summary>
    public string this[string name] => _values.GetValueOrDefault(name, "");

    /// <summary>True when nothing is filled in.</summary>
    public bool IsEmpty => _values.Values.All(string.IsNullOrWhiteSpace);

    /// <summary>What a browser posted; unknown fields are left out, line ends made one kind.</summary>
    public static TransactionForm From(IFormCollection posted) =>
        Of(name =>
            (
                name == Authorities && posted[name].Count > 1 ? Lines(posted[name]) : posted[name].ToString()
            ).ReplaceLineEndings("\n")
        );

    /// <summary>The boxes of one authority's reference: its name, the number, the date.</summary>
    public const int AuthorityBoxes = 3;

    /// <summary>What stands in the boxes, row by row.</summary>
    public IEnumerable<IReadOnlyList<string>> AuthorityRows() => RowsOf(this[Authorities]);

    private static IEnumerable<List<string>> RowsOf(string lines) =>
        lines.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Parts);

    private const string Authorities = "authorityReferences";

    // One line of "authority | number | date" cannot be right in two directions, so the page has a box for each. A
    // draft and a conflict keep the lines.
    private static string Lines(IEnumerable<string?> boxes) =>
        string.Join(
            '\n',
            boxes
                .Select(box => (box ?? "").ReplaceLineEndings(" ").Trim())
                .Chunk(AuthorityBoxes)
                .Where(row => row.Any(box => box.Length > 0))
                .Select(row => string.Join(" | ", row.Select(Part)).TrimEnd(' ', '|'))
        );

    /// <summary>The present values of a transaction.</summary>
    public static TransactionForm From(Transaction t) =>
        Of(name =>
            name switch
            {
                "referenceNumber" => t.ReferenceNumber,
                "title" => t.Title,
                "description" => t.Description,
                "type" => t.Type,
                "category" => t.Category,
                "priority" => Keys.Of(t.Priority),
                "client" => t.ClientId.ToString(CultureInfo.InvariantCulture),
                "project" => t.Project?.Code,
                "department" => t.Department,
                "dueDate" => Dates.Iso(t.DueDate),
                "amount" => t.AmountMinor is { } minor ? Amounts.ToDecimalString(minor) : null,
                "currency" => t.Currency,
                "holder" => Keys.Of(t.HolderKind),
                "holderName" => t.HolderName,
                "holderSince" => Dates.Iso(t.HolderSince),
                "tags" => string.Join(
                    ", ",
                    t.Tags.Select(tag => tag.Name).Order(StringComparer.Ordinal).Select(CellLists.Tag)
                ),
                "authorityReferences" => string.Join(
                    "\n",
                    t.AuthorityReferences.OrderBy(a => a.Id)
                        .Select(a =>
                            $"{Part(a.Authority)} | {Part(a.Number)}{(a.Date is { } d ? " | " + Dates.Iso(d) : "")}"
                        )
                ),
                "internalNotes" => t.InternalNotes,
                _ => null,
            }
        );

    /// <summary>What <see cref="ToJson"/> wrote; empty when it cannot be read.</summary>
    public static TransactionForm FromJson(string? json)
    {
        if (json is null || json.Length > JsonMaxLength)
            return new();
        try
        {
            var kept = JsonSerializer.Deserialize<Dictionary<string, string?>>(json) ?? [];
            return Of(name => kept.GetValueOrDefault(name));
        }
        catch (JsonException)
        {
            return new();
        }
    }

    /// <summary>The fields that are not empty.</summary>
    public IReadOnlyDictionary<string, string> Values => _values;

    public string ToJson() => JsonSerializer.Serialize(_values);

    /// <summary>The form with some fields set.</summary>
    public TransactionForm With(params IEnumerable<(string Name, string? Value)> values)
    {
        var set = values.ToDictionary(v => v.Name, v => v.Value, StringComparer.Ordinal);
        return Of(name => set.TryGetValue(name, out var value) ? value : this[name]);
    }

    /// <summary>
    /// As the rules want it: tags split at commas, authority references one a line, <c>authority | number | date</c>.
    /// What holds such a sign itself stands in quotation marks.
    /// </summary>
    /// <param name="shown">The form as the person found it: what they left alone stays exactly as it is.</param>
    public TransactionInput ToInput(TransactionForm? shown = null) =>
        new()
        {
            Untouched = Names
                .Where(name => shown is not null && IsSame(name, this[name], shown[name]))
                .ToHashSet(StringComparer.Ordinal),
            ReferenceNumber = this["referenceNumber"],
            Title = this["title"],
            Description = this["description"],
            Type = this["type"],
            Category = this["category"],
            Priority = this["priority"],
            Amount = this["amount"],
            Currency = this["currency"],
            Client = this["client"],
            Project = this["project"],
            Department = this["department"],
            Assignee = this["assignee"],
            Holder = this["holder"],
            HolderName = this["holderName"],
            HolderSince = this["holderSince"],
            DueDate = this["dueDate"],
            InternalNotes = this["internalNotes"],
            Tags = CellLists.ReadTags(this["tags"]),
            AuthorityReferences =
            [
                .. this["authorityReferences"]
                    .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                    .Select(Line),
            ],
        };

    private static TransactionInput.Authority Line(string line)
    {
        var parts = Parts(line);
        return new(parts[0], parts.ElementAtOrDefault(1), parts.ElementAtOrDefault(2));
    }

    private static List<string> Parts(string line)
    {
        var parts = new List<string>();
        for (var at = 0; parts.Count < 3 && at <= line.Length; )
        {
            while (at < line.Length && line[at] == ' ')
                at++;
            var quoted = CellLists.ReadQuoted(line, at);
            var end = line.IndexOf('|', quoted?.End ?? at);
            if (end < 0 || parts.Count == 2)
                end = line.Length;
            var isWhole = quoted is { } q && string.IsNullOrWhiteSpace(line[q.End..end]);
            parts.Add(isWhole ? quoted!.Value.Text : line[at..end].Trim());
            at = end + 1;
        }

        return parts;
    }

    /// <summary>As the boxes send back what stands in lines.</summary>
    private static string InBoxes(string lines) =>
        Lines(RowsOf(lines).SelectMany(row => row.Concat(Enumerable.Repeat("", AuthorityBoxes - row.Count))));

    private static string Part(string text) =>
        text.StartsWith('"') || text.Contains('|', StringComparison.Ordinal) ? CellLists.Quoted(text) : text;

    /// <summary>
    /// Whether a field came back as it was shown: browsers write line ends their way, and leave them out where a field
    /// has one line.
    /// </summary>
    public static bool IsSame(string name, string posted, string shown) =>
        posted.ReplaceLineEndings("\n") == shown.ReplaceLineEndings("\n")
        || (name == Authorities && InBoxes(posted) == InBoxes(shown))
        || (!OfManyLines.Contains(name) && posted == string.Concat(shown.Split('\r', '\n')));

    private static TransactionForm Of(Func<string, string?> value)
    {
        var form = new TransactionForm();
        foreach (var name in Names)
            if (value(name) is { Length: > 0 } text)
                form._values[name] = text;
        return form;
    }
}
