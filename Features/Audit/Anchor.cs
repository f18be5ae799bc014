using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace MdcTts.Features.Audit;

/// <summary>
/// Where the chain stood at an instant, kept outside the database: it shows when the end of the log was cut off.
/// </summary>
/// <param name="Sequence">The newest seal's place.</param>
/// <param name="Count">How many seals there were.</param>
/// <param name="Head">The newest seal, in hexadecimal.</param>
public sealed partial record Anchor(long Sequence, long Count, string Head, DateTime At)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>Null for anything that this app did not write.</summary>
    public static Anchor? Read(string json)
    {
        try
        {
            return
                JsonSerializer.Deserialize<Anchor>(json, Json) is { Sequence: >= 0, Head: { } head } anchor
                && anchor.Count == anchor.Sequence
                && Seal().IsMatch(head)
                ? anchor
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [GeneratedRegex("^[0-9a-f]{64}$", RegexOptions.None, 1000)]
    private static partial Regex Seal();
}
