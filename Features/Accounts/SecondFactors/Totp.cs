using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MdcTts.Features.Accounts.SecondFactors;

/// <summary>RFC 6238 as authenticator apps know it: HMAC-SHA-1 over the number of 30-second steps since 1970, six digits.</summary>
public static class Totp
{
    public const int Digits = 6;

    /// <summary>160 bits, as RFC 4226 asks.</summary>
    public const int SecretBytes = 20;

    private const int StepSeconds = 30;
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(SecretBytes);

    public static long StepAt(DateTime utc) => (long)Math.Floor((utc - DateTime.UnixEpoch).TotalSeconds / StepSeconds);

    /// <summary>The code of a step.</summary>
    public static string CodeAt(ReadOnlySpan<byte> secret, long step, int digits = Digits)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> hash = stackalloc byte[HMACSHA1.HashSizeInBytes];
        // SHA-1 is what the standard says and every app does; an HMAC does not need its collision resistance.
#pragma warning disable CA5350
        HMACSHA1.HashData(secret, counter, hash);
#pragma warning restore CA5350
        var offset = hash[^1] & 0x0F;
        var number = BinaryPrimitives.ReadUInt32BigEndian(hash[offset..]) & 0x7FFFFFFF;
        return (number % (uint)Math.Pow(10, digits)).ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0');
    }

    /// <summary>The step that a code belongs to: this one, or the one before or after, for clocks go wrong. Null when it is none of theirs.</summary>
    public static long? StepOf(ReadOnlySpan<byte> secret, string code, DateTime utc)
    {
        long? found = null;
        var (typed, now) = (Encoding.UTF8.GetBytes(code), StepAt(utc));
        // All three are compared, always.
        for (var step = now - 1; step <= now + 1; step++)
        {
            if (CryptographicOperations.FixedTimeEquals(typed, Encoding.ASCII.GetBytes(CodeAt(secret, step))))
                found = step;
        }

        return found;
    }

    /// <summary>RFC 4648 without padding: what people type when the camera does not work.</summary>
    public static string Base32(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        var (buffer, bits) = (0, 0);
        foreach (var b in bytes)
        {
            (buffer, bits) = ((buffer << 8 | b) & 0xFFF, bits + 8);
            while (bits >= 5)
            {
                bits -= 5;
                text.Append(Alphabet[buffer >> bits & 31]);
            }
        }

        if (bits > 0)
            text.Append(Alphabet[buffer << (5 - bits) & 31]);
        return text.ToString();
    }

    /// <summary>What the QR code says.</summary>
    public static string Uri(string issuer, string account, ReadOnlySpan<byte> secret) =>
        $"otpauth://totp/{System.Uri.EscapeDataString(issuer)}:{System.Uri.EscapeDataString(account)}?secret={Base32(secret)}&issuer={System.Uri.EscapeDataString(issuer)}";
}
