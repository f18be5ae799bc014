using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace MdcTts.Features.Accounts.Tokens;

/// <summary>The text of a token: a prefix that scanners for leaked secrets can know, and 256 random bits.</summary>
public static class TokenText
{
    private const int Bytes = 32;

    /// <summary>For the Authorization header.</summary>
    public static string New() => "mdc_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>To be exchanged for a new pair.</summary>
    public static string NewRefresh() => "mdcr_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>
    /// The pair for which a refresh token is exchanged. It follows from the token and a key of ours: asked for it
    /// again, the app can answer the same, and keeps nothing that opens anything.
    /// </summary>
    public static (string Access, string Refresh) After(string refreshToken, byte[] key)
    {
        return ("mdc_" + Part("access"), "mdcr_" + Part("refresh"));

        string Part(string of) =>
            Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{of}\n{refreshToken}")));
    }
}
