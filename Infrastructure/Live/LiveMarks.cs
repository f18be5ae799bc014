using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;

namespace MdcTts.Infrastructure.Live;

/// <summary>
/// Places in the list of events, as browsers are given them: encrypted, and each time differently. As a number they
/// would tell a client how much happens in the firm.
/// </summary>
public sealed class LiveMarks(IDataProtectionProvider protection)
{
    private readonly IDataProtector _protector = protection.CreateProtector("live-marks");

    public string Seal(long mark)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, mark);
        return WebEncoders.Base64UrlEncode(_protector.Protect(bytes));
    }

    /// <summary>Null for what is none of ours.</summary>
    public long? Open(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        try
        {
            return BinaryPrimitives.ReadInt64BigEndian(_protector.Unprotect(WebEncoders.Base64UrlDecode(text)));
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            return null;
        }
    }
}
