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

    [Theory]
    [InlineData("\u200f")]
    [InlineData("\u061c \u200b")]
    [InlineData("\u202e\u2069")]
    [InlineData("\u3164")]
    public void What_nobody_sees_is_nothing(string text) => Assert.Null(PlainText.Trimmed(text));

    [Theory]
    [InlineData("title \u202eevil txt.exe", "title evil txt.exe")]
    [InlineData("\u2069\u202e123", "123")]
    [InlineData("\u200eA\u200f \u0645\u200c\u0646", "\u200eA\u200f \u0645\u200c\u0646")]
    public void What_turns_the_direction_is_taken_out(string text, string kept) =>
        Assert.Equal(kept, PlainText.Trimmed(text));

    [Theory]
    [InlineData("Tower", "\u2068Tower\u2069")]
    [InlineData("TRX-2026-00001", "\u2068TRX-2026-00001\u2069")]
    [InlineData("ص/12-3", "\u2068ص/\u206812-3\u2069\u2069")]
    [InlineData("MDC/ص/12-3", "\u2068MDC/ص/\u206812-3\u2069\u2069")]
    [InlineData("A-1/ب", "\u2068\u200e\u2068A-1\u2069/ب\u2069")]
    [InlineData("\u2069\u202e\u2068a", "\u2068\u2068a\u2069\u2069")]
    public void An_isolate_holds_what_is_in_it(string text, string isolated) =>
        Assert.Equal(isolated, PlainText.Isolate(text));
}
