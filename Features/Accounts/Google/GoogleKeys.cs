using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using MdcTts.Infrastructure.Saudi;

namespace MdcTts.Features.Accounts.Google;

/// <summary>
/// The provider's public keys, fetched when a token names one that is not known yet, and kept for an hour.
/// </summary>
public sealed class GoogleKeys(TimeProvider clock)
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromHours(1);

    // Tokens with made-up keys must not make us ask the provider each time.
    private static readonly TimeSpan AskedEvery = TimeSpan.FromMinutes(1);

    private sealed record Fetched(Dictionary<string, RSAParameters> Keys, DateTime At);

    private Fetched? _last;

    /// <summary>The key with this id; null when the provider has none.</summary>
    public async Task<RSAParameters?> Find(string id, HttpClient http, string address, CancellationToken stop)
    {
        var now = clock.Instant();
        var known = _last;
        var isStale = known is null || now - known.At > KeptFor;
        if (isStale || (!known!.Keys.ContainsKey(id) && now - known.At > AskedEvery))
            _last = known = new(Read(await http.GetStringAsync(address, stop)), now);
        return known.Keys.TryGetValue(id, out var key) ? key : null;
    }

    private static Dictionary<string, RSAParameters> Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        var keys = new Dictionary<string, RSAParameters>(StringComparer.Ordinal);
        foreach (var key in document.RootElement.GetProperty("keys").EnumerateArray())
            if (key.GetProperty("kty").ValueEquals("RSA") && key.TryGetProperty("kid", out var id))
                keys[id.GetString()!] = new() { Modulus = Bytes(key, "n"), Exponent = Bytes(key, "e") };
        return keys;
    }

    private static byte[] Bytes(JsonElement key, string name) =>
        Base64Url.DecodeFromChars(key.GetProperty(name).GetString());
}
