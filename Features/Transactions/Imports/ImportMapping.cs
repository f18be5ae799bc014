using System.Text.Json;
using MdcTts.Features.Transactions.Imports.Parsing;
using MdcTts.Infrastructure.Text;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>
/// Heading → field, as a person or a script sets it right. Fields have the API's names; null hides a column.
/// </summary>
public static class ImportMapping
{
    public const int MaxLength = 16_384;

    /// <summary>The fields by the names that the API uses for them.</summary>
    public static IReadOnlyDictionary<string, RegisterField> Fields { get; } =
        Enum.GetValues<RegisterField>().ToDictionary(NameOf, field => field, StringComparer.Ordinal);

    public static string NameOf(RegisterField field) =>
        field switch
        {
            RegisterField.Reference => "referenceNumber",
            RegisterField.CreatedDate => "createdAt",
            RegisterField.SubmittedDate => "submittedAt",
            RegisterField.CompletedDate => "completedAt",
            _ => JsonNamingPolicy.CamelCase.ConvertName(field.ToString()),
        };

    /// <summary>Reads the JSON of a mapping; false when it is none.</summary>
    public static bool TryRead(string? json, out Dictionary<string, RegisterField?>? mapping)
    {
        mapping = null;
        if (string.IsNullOrWhiteSpace(json))
            return true;
        if (json.Length > MaxLength || PlainText.HasForbidden(json))
            return false;
        try
        {
            if (JsonSerializer.Deserialize<Dictionary<string, string?>>(json) is not { } named)
                return false;
            if (
                named.Count > RegisterFile.MaxColumns
                || named.Keys.Any(PlainText.HasForbidden)
                || named.Values.Any(name => !string.IsNullOrEmpty(name) && !Fields.ContainsKey(name))
            )
                return false;
            mapping = named.ToDictionary(
                pair => pair.Key,
                pair => string.IsNullOrEmpty(pair.Value) ? (RegisterField?)null : Fields[pair.Value],
                StringComparer.Ordinal
            );
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
