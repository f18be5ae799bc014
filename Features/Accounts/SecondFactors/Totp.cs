using OtpNet;

namespace MdcTts.Features.Accounts.SecondFactors;

/// <summary>
/// RFC 6238 as authenticator apps know it: HMAC-SHA-1 over the number of 30-second steps since 1970, six digits.
/// </summary>
public static class Totp
{
    public const int Digits = 6;

    /// <summary>160 bits, as RFC 4226 asks.</summary>
    private const int SecretBytes = 20;

    /// <summary>Typing takes time: the step before counts as well (RFC 6238, 5.2). None is valid in advance.</summary>
    private static readonly VerificationWindow Window = new(previous: 1, future: 0);

    public static byte[] NewSecret() => KeyGeneration.GenerateRandomKey(SecretBytes);

    /// <summary>The time step of a code; null when it is not one of the two that are valid now.</summary>
    public static long? StepOf(byte[] secret, string code, DateTime utc) =>
        new OtpNet.Totp(secret).VerifyTotp(utc, code, out var step, Window) ? step : null;

    /// <summary>RFC 4648 without padding: what people type when the camera does not work.</summary>
    public static string Base32(byte[] bytes) => Base32Encoding.ToString(bytes).TrimEnd('=');

    /// <summary>
    /// What the QR code says. Otp.NET's own method adds the defaults as well; fewer dots are easier to read.
    /// </summary>
    public static string Uri(string issuer, string account, byte[] secret)
    {
        var firm = System.Uri.EscapeDataString(issuer);
        var person = System.Uri.EscapeDataString(account);
        return $"otpauth://totp/{firm}:{person}?secret={Base32(secret)}&issuer={firm}";
    }
}
