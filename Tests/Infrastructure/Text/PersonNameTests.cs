using Xunit;

namespace MdcTts.Infrastructure.Text;

public sealed class PersonNameTests
{
    [Theory]
    [InlineData("Sara Alharbi", "Sara", "SA")]
    [InlineData("عبد الله القحطاني", "عبد الله", "ع\u200cق")]
    [InlineData("عبدالله القحطاني", "عبدالله", "ع\u200cق")]
    [InlineData("أبو بكر الصديق", "أبو بكر", "أ\u200cص")]
    [InlineData("أم كلثوم", "أم كلثوم", "أ")]
    [InlineData("نورة بنت فهد", "نورة", "ن\u200cف")]
    [InlineData("هدى الشهري", "هدى", "ه\u200cش")]
    [InlineData("محمد بن عبد الله آل سعود", "محمد", "م\u200cع")]
    [InlineData("", "", "")]
    public void A_compound_name_is_one(string fullName, string first, string initials) =>
        Assert.Equal((first, initials), (PersonName.First(fullName), PersonName.Initials(fullName)));
}
