using FsCheck.Xunit;
using Xunit;

namespace MdcTts.Infrastructure.Saudi;

[Trait("runs", "once")]
public sealed class SaudiIdsTests
{
    [Theory]
    [InlineData("1000000008", true)]
    [InlineData("2000000006", true)]
    [InlineData("١٠٠٠٠٠٠٠٠٨", true)]
    [InlineData(" 1000000008 ", true)]
    [InlineData("1000000009", false)]
    [InlineData("3000000004", false)]
    [InlineData("100000008", false)]
    [InlineData("10000000080", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_national_ID_or_Iqama_is_checked(string? text, bool isValid) =>
        Assert.Equal(isValid, SaudiIds.IsNationalIdOrIqama(text));

    [Theory]
    [InlineData("1010123456", true)]
    [InlineData("7001234567", true)]
    [InlineData("٧٠٠١٢٣٤٥٦٧", true)]
    [InlineData("101012345", false)]
    [InlineData("10101234x6", false)]
    public void Registrations_are_checked(string text, bool isRegistration) =>
        Assert.Equal(isRegistration, SaudiIds.IsCommercialRegistration(text));

    [Theory]
    [InlineData("0512345678")]
    [InlineData("512345678")]
    [InlineData("966512345678")]
    [InlineData("00966512345678")]
    [InlineData("+966 51 234 5678")]
    [InlineData("+966 (0)51-234-5678")]
    [InlineData("٠٥١٢٣٤٥٦٧٨")]
    [InlineData("\u200E+966512345678")]
    public void A_mobile_number_gets_one_form(string text)
    {
        Assert.True(SaudiIds.TryNormalizeMobile(text, out var mobile));
        Assert.Equal("+966512345678", mobile);
    }

    [Theory]
    [InlineData("0112345678")]
    [InlineData("051234567")]
    [InlineData("05123456789")]
    [InlineData("+971512345678")]
    [InlineData("05x2345678")]
    [InlineData(null)]
    public void What_is_no_Saudi_mobile_is_refused(string? text) =>
        Assert.False(SaudiIds.TryNormalizeMobile(text, out _));

    [Property]
    public void Checking_never_throws(string text)
    {
        SaudiIds.IsNationalIdOrIqama(text);
        Assert.Equal(SaudiIds.TryNormalizeMobile(text, out var mobile), mobile.Length == 13);
    }
}
