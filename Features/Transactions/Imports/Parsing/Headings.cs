using System.Collections.Frozen;
using MdcTts.Infrastructure.Text;

namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>The headings that registers use, in English and Arabic.</summary>
public static class Headings
{
    private static readonly FrozenDictionary<string, (RegisterField Field, int Rank)> Known = new (
        RegisterField Field,
        string[] Words
    )[]
    {
        (
            RegisterField.Reference,
            [
                "Reference",
                "Reference Number",
                "Reference No",
                "Ref",
                "Ref No",
                "Ref Number",
                "Client Reference",
                "Your Reference",
                "الرقم المرجعي",
                "رقم المرجع",
                "المرجع",
                "مرجع",
                "رقم الإشارة",
                "الإشارة",
            ]
        ),
        (
            RegisterField.Title,
            [
                "Title",
                "Transaction Title",
                "Transaction",
                "Subject",
                "Name",
                "Transaction Name",
                "العنوان",
                "عنوان المعاملة",
                "الموضوع",
                "موضوع المعاملة",
                "المعاملة",
                "اسم المعاملة",
            ]
        ),
        (
            RegisterField.Client,
            [
                "Client",
                "Client Name",
                "Customer",
                "Customer Name",
                "Company",
                "Organisation",
                "Organization",
                "العميل",
                "اسم العميل",
                "الجهة",
                "اسم الجهة",
                "الجهة الطالبة",
                "الشركة",
                "المالك",
            ]
        ),
        (RegisterField.Type, ["Type", "Transaction Type", "Kind", "نوع المعاملة", "النوع", "نوع"]),
        (
            RegisterField.Category,
            ["Category", "Discipline", "Classification", "التصنيف", "تصنيف المعاملة", "الفئة", "التخصص"]
        ),
        (RegisterField.Priority, ["Priority", "Urgency", "الأولوية", "درجة الأولوية", "الأهمية"]),
        (RegisterField.Status, ["Status", "Current Status", "State", "الحالة", "حالة المعاملة", "حالة", "الوضع"]),
        (
            RegisterField.Amount,
            [
                "Amount",
                "Value",
                "Total",
                "Fee",
                "Fees",
                "Amount SAR",
                "المبلغ",
                "مبلغ",
                "القيمة",
                "قيمة المعاملة",
                "الرسوم",
                "المبلغ بالريال",
            ]
        ),
        (RegisterField.Currency, ["Currency", "Currency Code", "العملة", "عملة"]),
        (
            RegisterField.DueDate,
            [
                "Due Date",
                "Due",
                "Deadline",
                "Due On",
                "Required By",
                "Date Due",
                "تاريخ الاستحقاق",
                "الاستحقاق",
                "الموعد النهائي",
                "تاريخ الإنجاز المطلوب",
                "موعد التسليم",
                "تاريخ التسليم",
            ]
        ),
        (
            RegisterField.Assignee,
            [
                "Assignee",
                "Assigned To",
                "Assigned",
                "Responsible",
                "Owner",
                "Handled By",
                "Editor",
                "المسند إليه",
                "مسند إلى",
                "مسندة إلى",
                "المسؤول",
                "الموظف المسؤول",
                "الموظف",
            ]
        ),
        (
            RegisterField.Description,
            ["Description", "Details", "Notes", "Remarks", "الوصف", "وصف المعاملة", "التفاصيل", "ملاحظات", "البيان"]
        ),
        (
            RegisterField.Tags,
            ["Tags", "Tag", "Labels", "Keywords", "وسوم", "الوسوم", "الكلمات المفتاحية", "كلمات مفتاحية"]
        ),
        (
            RegisterField.Project,
            [
                "Project",
                "Project Code",
                "Project No",
                "Project Number",
                "المشروع",
                "رمز المشروع",
                "رقم المشروع",
                "كود المشروع",
            ]
        ),
        (RegisterField.Department, ["Department", "Dept", "Section", "القسم", "الإدارة"]),
        (
            RegisterField.InternalNotes,
            ["Internal Notes", "Internal Note", "Staff Notes", "ملاحظات داخلية", "الملاحظات الداخلية"]
        ),
        (
            RegisterField.CreatedDate,
            [
                "Created",
                "Created Date",
                "Date Created",
                "Created At",
                "Created On",
                "Date",
                "Received",
                "Received Date",
                "Date Received",
                "Registration Date",
                "تاريخ الإنشاء",
                "التاريخ",
                "تاريخ المعاملة",
                "تاريخ التسجيل",
                "تاريخ الاستلام",
                "تاريخ الورود",
            ]
        ),
    }
        .SelectMany(static known => known.Words.Select((word, rank) => (Key: Key(word), known.Field, Rank: rank)))
        .ToFrozenDictionary(
            static known => known.Key,
            static known => (known.Field, known.Rank),
            StringComparer.Ordinal
        );

    /// <summary>The field that a heading names; null when it names none of ours.</summary>
    public static RegisterField? Field(string? heading) => Find(heading)?.Field;

    /// <summary>
    /// The field, and how plainly the heading names it: where "Notes" stands beside "Description", the lower rank is
    /// the description.
    /// </summary>
    internal static (RegisterField Field, int Rank)? Find(string? heading) =>
        Key(heading) is { Length: > 0 } key && Known.TryGetValue(key, out var known) ? known : null;

    /// <summary>
    /// What two spellings of a heading have in common: folded, without the signs that people put around it (<c>Title
    /// *</c>, <c>Ref. No:</c>).
    /// </summary>
    internal static string Key(string? heading)
    {
        if (string.IsNullOrWhiteSpace(heading) || heading.Length > 200)
            return string.Empty;

        var letters = ArabicText
            .Fold(heading)
            .Select(static character => char.IsLetterOrDigit(character) ? character : ' ');
        return string.Join(' ', string.Concat(letters).Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }
}
