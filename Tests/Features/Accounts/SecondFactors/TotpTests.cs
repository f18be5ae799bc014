using System.Text;
using MdcTts.Support;
using Xunit;

namespace MdcTts.Features.Accounts.SecondFactors;

[Trait("runs", "once")]
public sealed class TotpTests
{
    private static readonly byte[] Secret = "12345678901234567890"u8.ToArray();

    // RFC 6238, appendix B.
    [Theory]
    [InlineData(59L, "94287082")]
    [InlineData(1111111109L, "07081804")]
    [InlineData(1111111111L, "14050471")]
    [InlineData(1234567890L, "89005924")]
    [InlineData(2000000000L, "69279037")]
    [InlineData(20000000000L, "65353130")]
    public void The_codes_are_those_of_the_standard(long seconds, string code)
    {
        var at = DateTime.UnixEpoch.AddSeconds(seconds);
        Assert.Equal(code, new OtpNet.Totp(Secret, totpSize: 8).ComputeTotp(at));
        // Six digits are the last six of eight.
        Assert.Equal(seconds / 30, Totp.StepOf(Secret, code[^Totp.Digits..], at));
    }

    [Theory]
    [InlineData(-30, false)]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(59, true)]
    [InlineData(60, false)]
    public void A_code_works_for_a_step_more_and_never_early(int seconds, bool works)
    {
        var at = DateTime.UnixEpoch.AddSeconds(30_000_000);
        Assert.Equal(
            works ? 1_000_000L : null,
            Totp.StepOf(Secret, Authenticator.Code(Secret, at), at.AddSeconds(seconds))
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("12345")]
    [InlineData("1234567")]
    [InlineData("12345\u0666")]
    public void What_is_no_code_is_no_step(string code) =>
        Assert.Null(Totp.StepOf(Secret, code, DateTime.UnixEpoch.AddSeconds(30_000_000)));

    // RFC 4648, section 10.
    [Theory]
    [InlineData("f", "MY")]
    [InlineData("fo", "MZXQ")]
    [InlineData("foob", "MZXW6YQ")]
    [InlineData("foobar", "MZXW6YTBOI")]
    public void Secrets_are_typed_in_base_32(string bytes, string text) =>
        Assert.Equal(text, Totp.Base32(Encoding.ASCII.GetBytes(bytes)));

    [Fact]
    public void An_empty_secret_is_none() => Assert.ThrowsAny<ArgumentException>(() => Totp.Base32([]));

    [Fact]
    public void The_picture_names_the_firm_and_the_account() =>
        Assert.Equal(
            "otpauth://totp/MDC:a%2Bb%40x.sa?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=MDC",
            Totp.Uri("MDC", "a+b@x.sa", Secret)
        );
}
