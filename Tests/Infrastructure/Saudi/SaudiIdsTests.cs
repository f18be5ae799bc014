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
    [InlineData("1010123456", true, false)]
    [InlineData("7001234567", true, true)]
    [InlineData("٧٠٠١٢٣٤٥٦٧", true, true)]
    [InlineData("101012345", false, false)]
    [InlineData("10101234x6", false, false)]
    public void Registrations_are_checked(string text, bool isRegistration, bool isUnified)
    {
        Assert.Equal(isRegistration, SaudiIds.IsCommercialRegistration(text));
        Assert.Equal(isUnified, SaudiIds.IsUnifiedNumber(text));
    }

    [Theory]
    [InlineData("310122393500003", true)]
    [InlineData("310122393500002", false)]
    [InlineData("210122393500003", false)]
    [InlineData("31012239350003", false)]
    public void A_VAT_number_is_checked(string text, bool isValid) => Assert.Equal(isValid, SaudiIds.IsVatNumber(text));

    [Theory]
    [InlineData("SA0380000000608010167519", true)]
    [InlineData("sa03 8000 0000 6080 1016 7519", true)]
    [InlineData("SA0380000000608010167518", false)]
    [InlineData("GB0380000000608010167519", false)]
    [InlineData("SA03800000006080101675", false)]
    [InlineData(null, false)]
    public void An_IBAN_is_checked(string? text, bool isValid) => Assert.Equal(isValid, SaudiIds.IsIban(text));

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
        SaudiIds.IsIban(text);
        Assert.Equal(SaudiIds.TryNormalizeMobile(text, out var mobile), mobile.Length == 13);
    }
}
