using System.Globalization;
using System.Text;
using System.Text.Json;

namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>Reads transactions as the API answers them: an array, or a page of a list with its <c>items</c>.</summary>
/// <remarks>
/// Each object is a row, each of its members a column of that name. Of an object the part that names it counts (a
/// client's name, a project's code, an assignee's address).
/// </remarks>
internal static class JsonSheet
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 16, AllowTrailingCommas = true };

    public static IEnumerable<Sheet> Read(byte[] bytes)
    {
        var text = Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF');
        using var document = JsonDocument.Parse(text, Options);
        var root = document.RootElement;
        if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("items", out var items))
            root = items;
        if (root.ValueKind != JsonValueKind.Array)
            throw new RegisterFaultException(RegisterFault.UnreadableFile);

        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        var rows = new List<RegisterRow> { new(0, []) };
        foreach (var item in root.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object)
                throw new RegisterFaultException(RegisterFault.UnreadableFile);
            rows.Add(new(rows.Count, Cells(item, columns)));
        }

        rows[0] = new(0, [.. columns.Keys.Select(SheetCells.Text)]);
        return [new Sheet(Name: null, rows)];
    }

    private static List<RegisterCell> Cells(JsonElement item, Dictionary<string, int> columns)
    {
        var cells = new List<RegisterCell>();
        foreach (var member in item.EnumerateObject())
        {
            if (member.Name is "holder" && member.Value.ValueKind == JsonValueKind.Object)
            {
                Put("holder", Part(member.Value, "name"));
                Put("holderKind", Part(member.Value, "kind"));
                Put("holderSince", Part(member.Value, "since"));
                continue;
            }

            Put(
                member.Name,
                member.Value.ValueKind switch
                {
                    JsonValueKind.Object => Named(member.Name, member.Value),
                    JsonValueKind.Array when member.Name is "authorityReferences" => Authorities(member.Value),
                    JsonValueKind.Array => CellLists.Tags(
                        member.Value.EnumerateArray().Select(Text).Where(static text => text.Length > 0)
                    ),
                    _ => Text(member.Value),
                }
            );
        }

        return cells;

        void Put(string column, string text)
        {
            if (!columns.TryGetValue(column, out var at))
            {
                if (columns.Count > RegisterFile.MaxColumns)
                    throw new RegisterFaultException(RegisterFault.TooManyColumns);
                columns[column] = at = columns.Count;
            }

            while (cells.Count <= at)
                cells.Add(RegisterCell.Empty);
            cells[at] = SheetCells.Text(text);
        }
    }

    private static string Named(string member, JsonElement value)
    {
        string[] names = member switch
        {
            "project" => ["code", "name"],
            "assignee" => ["email"],
            _ => ["name", "nameEn", "nameAr", "key"],
        };
        return names.Select(name => Part(value, name)).FirstOrDefault(static text => text.Length > 0) ?? string.Empty;
    }

    private static string Part(JsonElement value, string name) =>
        value.TryGetProperty(name, out var part) ? Text(part) : string.Empty;

    private static string Authorities(JsonElement references) =>
        CellLists.Authorities(
            references
                .EnumerateArray()
                .Where(static each => each.ValueKind == JsonValueKind.Object)
                .Select(static each => new AuthorityNumber(
                    Part(each, "authority"),
                    Part(each, "number"),
                    DateOnly.TryParse(Part(each, "date"), CultureInfo.InvariantCulture, out var date) ? date : null
                ))
        );

    private static string Text(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Null or JsonValueKind.Undefined => string.Empty,
            JsonValueKind.String => value.GetString() ?? string.Empty,
            _ => value.GetRawText(),
        };
}
