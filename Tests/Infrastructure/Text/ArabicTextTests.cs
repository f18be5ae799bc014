using FsCheck;
using FsCheck.Xunit;
using Xunit;

namespace MdcTts.Infrastructure.Text;

[Trait("runs", "once")]
public sealed class ArabicTextTests
{
    [Theory]
    [InlineData("أحمد إبراهيم آل ٱلسعود", "احمد ابراهيم ال السعود")]
    [InlineData("مُستشفى الفَيصليّة", "مستشفي الفيصليه")]
    [InlineData("مسؤول شـــؤون الطوارئ", "مسوول شوون الطواري")]
    [InlineData("بِسْمِ ٱللَّهِ ۝", "بسم الله")]
    [InlineData("کتابی", "كتابي")]
    [InlineData("ﻻﺋﺤﺔ", "لايحه")]
    [InlineData("معاملة رقم ٠١٢٣٤٥٦٧٨٩ ۴۵۶", "معامله رقم 0123456789 456")]
    [InlineData("\u200FRRM-4471/12\u200E", "rrm-4471/12")]
    [InlineData("Café  ÉCOLE\t\r\nZürich", "cafe ecole zurich")]
    [InlineData("ＦＵＬＬ　１２", "full 12")]
    [InlineData("  zero\u200Bwidth\u00A0 ", "zerowidth")]
    [InlineData("", "")]
    [InlineData(null, "")]
    public void What_people_type_differently_folds_alike(string? text, string folded) =>
        Assert.Equal(folded, ArabicText.Fold(text));

    [Fact]
    public void Half_a_character_is_dropped() =>
        Assert.Equal("half a character", ArabicText.Fold("half \uD800 a character\uDC00"));

    [Property(MaxTest = 1000)]
    public void Folding_twice_changes_nothing(string text) =>
        Assert.Equal(ArabicText.Fold(text), ArabicText.Fold(ArabicText.Fold(text)));

    [Property(MaxTest = 1000)]
    public void Folding_any_characters_never_throws_and_settles(char[] characters)
    {
        var once = ArabicText.Fold(new string(characters));

        Assert.Equal(once, ArabicText.Fold(once));
        Assert.DoesNotContain("  ", once, StringComparison.Ordinal);
        Assert.Equal(once, once.Trim());
    }

    [Fact]
    public void Every_character_of_the_basic_plane_folds_to_something_that_stays()
    {
        for (var code = 0; code <= 0xFFFF; code++)
        {
            var once = ArabicText.Fold("x" + (char)code + "x");
            Assert.True(string.Equals(once, ArabicText.Fold(once), StringComparison.Ordinal), $"U+{code:X4}");
        }
    }

    [Fact]
    public void A_very_long_text_is_folded_only_so_far() =>
        Assert.Equal(ArabicText.MaxLength, ArabicText.Fold(new string('x', ArabicText.MaxLength * 2)).Length);

    [Fact]
    public void A_query_gives_its_distinct_words_in_order() =>
        Assert.Equal(["برج", "العليا", "rrm-12"], ArabicText.Words("  بُرج العُليا  RRM-١٢ برج "));

    [Fact]
    public void A_query_gives_only_so_many_words()
    {
        Assert.Equal(8, ArabicText.Words("1 2 3 4 5 6 7 8 9 10").Count);
        Assert.Equal(["1", "2"], ArabicText.Words("1 2 3", most: 2));
        Assert.Empty(ArabicText.Words(" "));
        Assert.Empty(ArabicText.Words(null));
    }

    [Fact]
    public void A_long_word_is_cut() => Assert.Equal([new string('a', 50)], ArabicText.Words(new string('a', 300)));

    [Property]
    public void Words_are_never_empty_and_never_long(NonNull<string> query) =>
        Assert.All(ArabicText.Words(query.Get), word => Assert.InRange(word.Length, 1, ArabicText.WordMaxLength));

    [Theory]
    [InlineData("مدرسة أحمد", "احمد", "مدرسة [أحمد]")]
    [InlineData("مَدرسة الأمل", "مدرسه", "[مَدرسة] الأمل")]
    [InlineData("Façade of TRX", "facade", "[Façade] of TRX")]
    [InlineData("رقم ١٢٣", "123", "رقم [١٢٣]")]
    [InlineData("nothing", "xyz", "nothing")]
    public void What_was_searched_for_is_found_where_it_stands(string text, string word, string marked)
    {
        foreach (var (start, end) in ArabicText.Find(text, [word]).Reverse())
            text = text.Insert(end, "]").Insert(start, "[");
        Assert.Equal(marked, text);
    }
}
