using MdcTts.Infrastructure.Saudi;
using Microsoft.IdentityModel.Tokens;

namespace MdcTts.Features.Accounts.Google;

/// <summary>
/// The provider's public keys, fetched when a token names one that is not known yet, and kept for an hour.
/// </summary>
public sealed class GoogleKeys(TimeProvider clock)
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromHours(1);

    // Tokens with made-up keys must not make us ask the provider each time.
    private static readonly TimeSpan AskedEvery = TimeSpan.FromMinutes(1);

    private sealed record Fetched(JsonWebKeySet Keys, DateTime At)
    {
        public SecurityKey? Find(string id) => Keys.GetSigningKeys().FirstOrDefault(key => key.KeyId == id);
    }

    private Fetched? _last;

    /// <summary>The key with this id; null when the provider has none.</summary>
    public async Task<SecurityKey?> Find(string id, HttpClient http, string address, CancellationToken stop)
    {
        var now = clock.Instant();
        var known = _last;
        var isStale = known is null || now - known.At > KeptFor;
        if (isStale || (known!.Find(id) is null && now - known.At > AskedEvery))
            _last = known = new(new(await http.GetStringAsync(address, stop)), now);
        return known.Find(id);
    }
}
