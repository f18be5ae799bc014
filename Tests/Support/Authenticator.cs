namespace MdcTts.Support;

/// <summary>The app on a person's phone.</summary>
internal static class Authenticator
{
    /// <summary>What it shows at a moment.</summary>
    public static string Code(byte[] secret, DateTime utc) => new OtpNet.Totp(secret).ComputeTotp(utc);

    /// <summary>Sets it up for whoever is signed in; answers its secret and the recovery codes.</summary>
    public static async Task<(byte[] Secret, IReadOnlyList<string> Codes)> SetUpAuthenticator(
        this Visitor visitor,
        App app
    )
    {
        var page = (await visitor.Page("/account/security/authenticator")).Expect(200);
        var secret = OtpNet.Base32Encoding.ToBytes(string.Concat(page.TextOf("#secret").Where(char.IsLetterOrDigit)));
        var done = (await visitor.Submit(page, "form.sec", new { code = Code(secret, app.Now) })).Expect(200);
        // The code of this step is used up.
        app.Clock.Advance(TimeSpan.FromSeconds(60));
        return (secret, done.Select(".codes code"));
    }
}
