namespace MdcTts.Support;

/// <summary>The app on a person's phone.</summary>
internal static class Authenticator
{
    /// <summary>What it shows at a moment.</summary>
    public static string Code(byte[] secret, DateTime utc) => new OtpNet.Totp(secret).ComputeTotp(utc);
}
