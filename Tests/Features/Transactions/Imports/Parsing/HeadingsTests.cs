using FsCheck.Xunit;
using Xunit;

namespace MdcTts.Features.Transactions.Imports.Parsing;

[Trait("runs", "once")]
public sealed class HeadingsTests
{
    [Theory]
    [InlineData("Reference Number", RegisterField.Reference)]
    [InlineData("REF. NO:", RegisterField.Reference)]
    [InlineData("الرقم المرجعي", RegisterField.Reference)]
    [InlineData("Title *", RegisterField.Title)]
    [InlineData("عنوان المعاملة", RegisterField.Title)]
    [InlineData("عنوان  المعامله", RegisterField.Title)]
    [InlineData("العميل", RegisterField.Client)]
    [InlineData("نوع المعاملة", RegisterField.Type)]
    [InlineData("التصنيف", RegisterField.Category)]
    [InlineData("الاولويه", RegisterField.Priority)]
    [InlineData("الحالة", RegisterField.Status)]
    [InlineData("Amount (SAR)", RegisterField.Amount)]
    [InlineData("المبلغ", RegisterField.Amount)]
    [InlineData("Due_Date", RegisterField.DueDate)]
    [InlineData("تاريخ الاستحقاق", RegisterField.DueDate)]
    [InlineData("المسند اليه", RegisterField.Assignee)]
    [InlineData("الوصف", RegisterField.Description)]
    [InlineData("وسوم", RegisterField.Tags)]
    [InlineData("ملاحظات داخلية", RegisterField.InternalNotes)]
    [InlineData("التاريخ", RegisterField.CreatedDate)]
    public void Headings_in_both_languages_are_known(string heading, RegisterField field) =>
        Assert.Equal(field, Headings.Field(heading));

    [Theory]
    [InlineData("م")]
    [InlineData("No.")]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("***")]
    public void Other_headings_are_not(string? heading) => Assert.Null(Headings.Field(heading));

    [Fact]
    public void The_name_of_every_field_is_a_heading() =>
        Assert.All(
            Enum.GetValues<RegisterField>(),
            field =>
            {
                Assert.Equal(
                    field,
                    Headings.Field(field.ToString())
                        ?? Headings.Field(
                            string.Concat(
                                field
                                    .ToString()
                                    .Select(
                                        (letter, at) =>
                                            at > 0 && char.IsUpper(letter) ? " " + letter : letter.ToString()
                                    )
                            )
                        )
                );
            }
        );

    [Property]
    public void Asking_never_throws(string heading) => Headings.Field(heading);
}
