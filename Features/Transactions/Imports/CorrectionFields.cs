using System.Globalization;
using MdcTts.Features.Transactions.Imports.Parsing;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>
/// The names of the fields of the form that mends an import. A name says what the field is about, so that a page with
/// hundreds of them needs no hidden ones beside.
/// </summary>
internal static class CorrectionFields
{
    private const string CellStart = "cell.";
    private const string NameStart = "name.";
    private const string CreateStart = "create.";
    private const string ForgetStart = "forget.";
    private const string HeadingStart = "heading.";

    /// <summary>A cell of a row through all sheets.</summary>
    public static string Cell(int row, RegisterField field) =>
        string.Create(CultureInfo.InvariantCulture, $"{CellStart}{row}.{ImportMapping.NameOf(field)}");

    /// <summary>What a name means.</summary>
    public static string Name(RegisterField field, string text) => $"{NameStart}{ImportMapping.NameOf(field)}.{text}";

    /// <summary>A name is that of a new client; an empty one stands for all others.</summary>
    public static string Create(string text) => $"{CreateStart}client.{text}";

    /// <summary>A name shall no longer be read as was said.</summary>
    public static string Forget(RegisterField field, string text) =>
        $"{ForgetStart}{ImportMapping.NameOf(field)}.{text}";

    /// <summary>A column shall be read as its heading says.</summary>
    public static string ForgetHeading(string heading) => HeadingStart + heading;

    public static CorrectImport.Command Read(IReadOnlyList<(string Key, string Value)> sent)
    {
        var cells = new List<CorrectImport.Cell>();
        var names = new List<CorrectImport.Name>();
        foreach (var (key, value) in sent)
        {
            if (Parts(key, CellStart) is var (row, field))
                cells.Add(
                    new(key, int.TryParse(row, CultureInfo.InvariantCulture, out var number) ? number : 0, field, value)
                );
            // Who ticks a new client has decided against what the field beside it suggests.
            else if (Parts(key, NameStart) is var (named, text))
                names.Add(
                    new(
                        key,
                        named,
                        text,
                        sent.Any(other => other.Key == Create(text) && named == "client") ? null : value,
                        Creates: false,
                        Forgets: false
                    )
                );
            else if (Parts(key, CreateStart) is var (created, name))
                names.Add(new(key, created, name, Means: null, Creates: true, Forgets: false));
            else if (Parts(key, ForgetStart) is var (forgotten, known))
                names.Add(new(key, forgotten, known, Means: null, Creates: false, Forgets: true));
        }

        var headings = sent.Select(each => each.Key)
            .Where(key => key.StartsWith(HeadingStart, StringComparison.Ordinal))
            .Select(key => key[HeadingStart.Length..])
            .ToList();
        return new(cells, names, headings);
    }

    private static (string Field, string Text)? Parts(string key, string start)
    {
        if (!key.StartsWith(start, StringComparison.Ordinal))
            return null;
        var rest = key[start.Length..];
        var dot = rest.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? null : (rest[..dot], rest[(dot + 1)..]);
    }
}
