using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Xunit;

namespace MdcTts.Infrastructure.Saudi;

[Trait("runs", "once")]
public sealed class AmountsTests
{
    [Theory]
    [InlineData("50,000.00", 5_000_000)]
    [InlineData("50000.00", 5_000_000)]
    [InlineData("50000,00", 5_000_000)]
    [InlineData("644513,91", 64_451_391)]
    [InlineData("1.234.567,89", 123_456_789)]
    [InlineData("1,234,567.89", 123_456_789)]
    [InlineData("1 234,5", 123_450)]
    [InlineData("1\u00A0234\u202F567,5", 123_456_750)]
    [InlineData("1'234'567.50", 123_456_750)]
    [InlineData("1,234", 123_400)]
    [InlineData("1,234,567", 123_456_700)]
    [InlineData("1.234.567", 123_456_700)]
    [InlineData("1,5", 150)]
    [InlineData("0,500", 50)]
    [InlineData("0.500", 50)]
    [InlineData(".5", 50)]
    [InlineData("100.", 10_000)]
    [InlineData("50000.000", 5_000_000)]
    [InlineData("٧٢٤٬٨٩٨٫٠٩", 72_489_809)]
    [InlineData("٥٠٠٠٠", 5_000_000)]
    [InlineData("۱۲۳٫۴", 12_340)]
    [InlineData("٥٠،٠٠٠", 5_000_000)]
    [InlineData("-1500.00", -150_000)]
    [InlineData("(1,500.00)", -150_000)]
    [InlineData("1500-", -150_000)]
    [InlineData("−12.5", -1_250)]
    [InlineData("0", 0)]
    [InlineData("9999999999999.99", 999_999_999_999_999)]
    public void Amounts_are_understood_as_people_write_them(string text, long minor)
    {
        Assert.True(Amounts.TryParse(text, out var read, out var currency));
        Assert.Equal(minor, read);
        Assert.Null(currency);
    }

    [Theory]
    [InlineData("128,900.31 ر.س", 12_890_031, "SAR")]
    [InlineData("128,900.31 ر.س.\u200F", 12_890_031, "SAR")]
    [InlineData("SAR 100", 10_000, "SAR")]
    [InlineData("100SAR", 10_000, "SAR")]
    [InlineData("sr. 100", 10_000, "SAR")]
    [InlineData("٥٠٬٠٠٠ ريال", 5_000_000, "SAR")]
    [InlineData("500 ريال سعودي", 50_000, "SAR")]
    [InlineData("$1,200.50", 120_050, "USD")]
    [InlineData("-$5", -500, "USD")]
    [InlineData("$-5", -500, "USD")]
    [InlineData("(SAR 5)", -500, "SAR")]
    [InlineData("12 EUR", 1_200, "EUR")]
    [InlineData("€12,50", 1_250, "EUR")]
    [InlineData("AED 3", 300, "AED")]
    [InlineData("SAR 3 ر.س", 300, "SAR")]
    public void A_currency_may_stand_before_or_after(string text, long minor, string code)
    {
        Assert.True(Amounts.TryParse(text, out var read, out var currency));
        Assert.Equal(minor, read);
        Assert.Equal(code, currency);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(null)]
    [InlineData("TBD")]
    [InlineData("حسب العقد")]
    [InlineData("12,50,0x")]
    [InlineData("12,50,0")]
    [InlineData("1.234")]
    [InlineData("1.500")]
    [InlineData("1,2345")]
    [InlineData("12.345,6,7")]
    [InlineData("1.2.3")]
    [InlineData("1e5")]
    [InlineData("--5")]
    [InlineData("-(5)")]
    [InlineData("5 apples")]
    [InlineData("SAR 5 USD")]
    [InlineData("1|5")]
    [InlineData("10000000000000")]
    [InlineData("99999999999999999999999999")]
    [InlineData("0x10")]
    [InlineData("1 23")]
    [InlineData("1 234 56")]
    public void What_is_no_amount_or_could_mean_two_is_refused(string? text) =>
        Assert.False(Amounts.TryParse(text, out _, out _));

    [Property]
    public Property Amounts_round_trip() =>
        Prop.ForAll(
            Any(),
            minor =>
            {
                Assert.True(Amounts.TryParse(Amounts.ToDecimalString(minor), out var plain));
                Assert.Equal(minor, plain);
                Assert.True(Amounts.TryParse(Amounts.Format(minor, "SAR", "en"), out var english, out var code));
                Assert.Equal(minor, english);
                Assert.Equal("SAR", code);
                Assert.True(Amounts.TryParse(Amounts.Format(minor, "SAR", "ar"), out var arabic, out code));
                Assert.Equal(minor, arabic);
                Assert.Equal("SAR", code);
                Assert.True(Amounts.TryFromDecimal(minor / 100m, out var number));
                Assert.Equal(minor, number);
            }
        );

    [Property(MaxTest = 1000)]
    public void Reading_never_throws(string text)
    {
        if (Amounts.TryParse(text, out var minor, out _))
            Assert.InRange(Math.Abs(minor), 0, Amounts.Bound - 1);
    }

    [Property(MaxTest = 2000)]
    public Property Reading_never_throws_on_what_looks_like_an_amount() =>
        Prop.ForAll(
            Gen.Elements("0123456789.,' ٫٬٠٩-()+|$رس".ToCharArray())
                .ArrayOf()
                .Select(characters => new string(characters))
                .ToArbitrary(),
            Reading_never_throws
        );

    [Theory]
    [InlineData(5_000_000, "SAR", "en", "50,000.00 SAR")]
    [InlineData(5_000_000, "SAR", "ar", "50,000.00 ر.س")]
    [InlineData(-5, "USD", "en", "-0.05 USD")]
    [InlineData(100, "XYZ", "ar", "1.00 XYZ")]
    public void Amounts_are_written_for_people(long minor, string currency, string language, string text) =>
        Assert.Equal(text, Amounts.Format(minor, currency, language));

    [Theory]
    [InlineData(5_000_000, "50000.00")]
    [InlineData(7, "0.07")]
    [InlineData(long.MinValue, "-92233720368547758.08")]
    public void Amounts_are_written_for_machines(long minor, string text) =>
        Assert.Equal(text, Amounts.ToDecimalString(minor));

    [Fact]
    public void A_number_of_a_formula_is_rounded_as_the_spreadsheet_shows_it()
    {
        Assert.True(Amounts.TryFromDecimal(333.335m, out var minor));
        Assert.Equal(33_334, minor);
        Assert.False(Amounts.TryFromDecimal(decimal.MaxValue, out _));
        Assert.False(Amounts.TryFromDecimal(9_999_999_999_999.999m, out _));
    }

    private static Arbitrary<long> Any() =>
        ArbMap.Default.GeneratorFor<long>().Select(minor => minor % Amounts.Bound).ToArbitrary();
}
