using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace MdcTts.Features.Audit;

/// <summary>Where the chain stood at an instant, kept outside the database: by it a tail that was cut off is missed.</summary>
/// <param name="Sequence">The newest seal's place.</param>
/// <param name="Count">Seals that there were.</param>
/// <param name="Head">The newest seal, in hexadecimal.</param>
/// <param name="At">When it was written down.</param>
public sealed partial record Anchor(long Sequence, long Count, string Head, DateTime At)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>Null for anything that we did not write.</summary>
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
