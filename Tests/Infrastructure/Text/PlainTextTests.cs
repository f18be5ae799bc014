using FsCheck.Xunit;
using Xunit;

namespace MdcTts.Infrastructure.Text;

[Trait("runs", "once")]
public sealed class PlainTextTests
{
    [Theory]
    [InlineData("a\0b")]
    [InlineData("\u0001")]
    [InlineData("\u001F")]
    [InlineData("x\uFFFE")]
    public void Control_characters_are_forbidden(string text) => Assert.True(PlainText.HasForbidden(text));

    // Not as theories: an attribute is stored as UTF-8, which cannot hold half a character.
    [Fact]
    public void Half_a_character_is_forbidden() =>
        Assert.All(
            ["\uD83D", "\uDE00\uD83D", "x\uDE00", "\uD83D\uD83D\uDE00"],
            text => Assert.True(PlainText.HasForbidden(text))
        );

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("tab\t and\r\nlines")]
    [InlineData("نص عربي \U0001F600")]
    public void Ordinary_text_is_not(string? text) => Assert.False(PlainText.HasForbidden(text));

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData(" \r\n\t", null)]
    [InlineData(" a ", "a")]
    [InlineData("a\r\nb\rc\n", "a\nb\nc")]
    public void Trimming_leaves_the_text_or_nothing(string? text, string? trimmed) =>
        Assert.Equal(trimmed, PlainText.Trimmed(text));

    [Property]
    public void Trimming_twice_changes_nothing(string text) =>
        Assert.Equal(PlainText.Trimmed(text), PlainText.Trimmed(PlainText.Trimmed(text)));
}
