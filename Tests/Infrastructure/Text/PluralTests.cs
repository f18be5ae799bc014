using Xunit;

namespace MdcTts.Infrastructure.Text;

[Trait("runs", "once")]
public sealed class PluralTests
{
    [Theory]
    [InlineData(0, "zero")]
    [InlineData(1, "one")]
    [InlineData(2, "two")]
    [InlineData(3, "few")]
    [InlineData(10, "few")]
    [InlineData(103, "few")]
    [InlineData(1010, "few")]
    [InlineData(11, "many")]
    [InlineData(26, "many")]
    [InlineData(99, "many")]
    [InlineData(111, "many")]
    [InlineData(1099, "many")]
    [InlineData(100, "other")]
    [InlineData(101, "other")]
    [InlineData(102, "other")]
    [InlineData(200, "other")]
    [InlineData(10_000, "other")]
    [InlineData(-3, "few")]
    [InlineData(int.MinValue, "many")]
    public void Arabic_counts_in_six_forms(int n, string category) => Assert.Equal(category, Plural.Category(n, "ar"));

    [Theory]
    [InlineData(0, "other")]
    [InlineData(1, "one")]
    [InlineData(2, "other")]
    [InlineData(101, "other")]
    public void English_counts_in_two_forms(int n, string category) => Assert.Equal(category, Plural.Category(n, "en"));
}
