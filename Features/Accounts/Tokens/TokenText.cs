using System.Buffers.Text;
using System.Security.Cryptography;

namespace MdcTts.Features.Accounts.Tokens;

/// <summary>The text of a token: a prefix that scanners for leaked secrets can know, and 256 random bits.</summary>
public static class TokenText
{
    private const int Bytes = 32;

    /// <summary>For the Authorization header.</summary>
    public static string New() => "mdc_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>To be exchanged for a new pair.</summary>
    public static string NewRefresh() => "mdcr_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));
}
