using FsCheck;
using FsCheck.Xunit;
using Xunit;

namespace MdcTts.Infrastructure.Text;

[Trait("runs", "once")]
public sealed class DigitsTests
{
    [Fact]
    public void Arabic_and_Persian_digits_become_western() =>
        Assert.Equal("0123456789 0123456789 12a", Digits.ToWestern("٠١٢٣٤٥٦٧٨٩ ۰۱۲۳۴۵۶۷۸۹ 12a"));

    [Property]
    public void The_length_stays_and_twice_changes_nothing(NonNull<string> text)
    {
        var western = Digits.ToWestern(text.Get);

        Assert.Equal(text.Get.Length, western.Length);
        Assert.Equal(western, Digits.ToWestern(western));
    }
}
