using System.Collections.Frozen;
using System.Text.RegularExpressions;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Text;

namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>The headings that registers use, in English and Arabic.</summary>
public static partial class Headings
{
    /// <summary>A heading that names a field among other words gives way to one that names it alone.</summary>
    private const int InPartsRank = 100;

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
        (
            RegisterField.SubmittedDate,
            [
                "Submitted",
                "Submitted At",
                "Submitted On",
                "Submitted Date",
                "Date Submitted",
                "Submission Date",
                "تاريخ التقديم",
                "تاريخ الإرسال",
            ]
        ),
        (
            RegisterField.CompletedDate,
            [
                "Completed",
                "Completed At",
                "Completed On",
                "Completed Date",
                "Date Completed",
                "Completion Date",
                "Closed",
                "Closed On",
                "Closing Date",
                "Date Closed",
                "تاريخ الإنجاز",
                "تاريخ الإكمال",
                "تاريخ الاكتمال",
                "تاريخ الانتهاء",
                "تاريخ الإغلاق",
                "اكتملت في",
            ]
        ),
        (RegisterField.Holder, ["With", "With Whom", "Held By", "Holder", "عند من", "عند", "لدى", "موجودة لدى"]),
        (
            RegisterField.HolderKind,
            ["With (Kind)", "Holder Kind", "Kind of holder", "نوع من عنده", "عند من (النوع)", "نوع الحائز"]
        ),
        (RegisterField.Number, ["Transaction Number", "رقم المعاملة"]),
        (RegisterField.HolderSince, ["With Since", "Holder Since", "Held Since", "عند من منذ", "عنده منذ", "لديه منذ"]),
        (
            RegisterField.AuthorityReferences,
            [
                "Authority References",
                "Authority Reference",
                "Authority Number",
                "Authority No",
                "أرقام الجهات",
                "رقم الجهة",
                "أرقام الجهة",
            ]
        ),
    }
        .SelectMany(static known =>
            known
                // The API's own names, for what it has exported.
                .Words.Append(ImportMapping.NameOf(known.Field))
                .Select((word, rank) => (Key: Key(word), known.Field, Rank: rank))
        )
        .DistinctBy(static known => known.Key)
        .ToFrozenDictionary(
            static known => known.Key,
            static known => (known.Field, known.Rank),
            StringComparer.Ordinal
        );

    private static readonly FrozenSet<string> Kept = new[]
    {
        "Updated",
        "updatedAt",
        "تاريخ التحديث",
        "آخر تحديث",
        "Due Date Hijri",
        "dueDateHijri",
        "الاستحقاق بالهجري",
        "تاريخ الاستحقاق (هجري)",
        "Assignee's Name",
        "اسم المسند إليه",
        "Created By",
        "createdBy",
        "typeName",
        "statusName",
        "isOverdue",
        "trackingUrl",
        "version",
    }
        .Select(Key)
        .ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The field that a heading names; null when it names none of ours.</summary>
    public static RegisterField? Field(string? heading) => Find(heading)?.Field;

    /// <summary>
    /// Whether a heading of our own export names what the register keeps itself: numbers are never taken over.
    /// </summary>
    internal static bool IsKeptByRegister(string key) => Kept.Contains(key);

    /// <summary>
    /// The field, and how plainly the heading names it: where "Notes" stands beside "Description", the lower rank is
    /// the description.
    /// </summary>
    internal static (RegisterField Field, int Rank)? Find(string? heading)
    {
        if (Key(heading) is not { Length: > 0 } key)
            return null;
        return Known.TryGetValue(key, out var known) ? known : InParts(heading!);
    }

    /// <summary>The currency beside a field: <c>Amount (USD)</c>, <c>المبلغ بالدولار</c>.</summary>
    internal static string? Currency(string heading) =>
        Key(heading).Length == 0
            ? null
            : Parts(heading)
                .Select(static part => UnitOf(part) ?? Amounts.CurrencyCode(part.Trim('.', ' ')))
                .FirstOrDefault(static code => code is not null);

    /// <summary>The heading says that its dates have the month first: <c>Due Date (MM/DD/YYYY)</c>.</summary>
    internal static bool SaysMonthFirst(string heading) => Key(heading).Contains("mm dd yy", StringComparison.Ordinal);

    /// <summary>
    /// A heading of several parts: a second language, a unit or a hint. The first part that stands outside brackets
    /// decides, or else one in the other script; parts that name different fields decide nothing.
    /// </summary>
    private static (RegisterField Field, int Rank)? InParts(string heading)
    {
        var parts = Parts(heading);
        var found = parts.Select(Named).ToList();
        var fields = found.OfType<(RegisterField Field, int Rank)>().Select(static each => each.Field).Distinct();
        if (fields.Take(2).Count() != 1)
            return null;
        var at = found.FindIndex(static each => each is not null);
        if (at > 0 && IsArabic(parts[at]) == IsArabic(parts[0]))
            return null;
        var (field, rank) = found[at]!.Value;
        return (field, rank + InPartsRank);

        static (RegisterField, int)? Named(string part)
        {
            if (Known.TryGetValue(Key(part), out var known))
                return known;
            return
                WithoutUnit(part) is { } bare
                && Known.TryGetValue(Key(bare), out known)
                && known.Field == RegisterField.Amount
                ? known
                : null;
        }
    }

    private static List<string> Parts(string heading)
    {
        var parts = new List<string>();
        foreach (var piece in Separators().Split(heading.Length <= 200 ? heading : heading[..200]))
        {
            // Two languages may stand beside each other without any sign between them.
            var words = piece.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            for (var i = 0; i < words.Length; )
            {
                var first = i;
                while (i < words.Length && IsArabic(words[i]) == IsArabic(words[first]))
                    i++;
                parts.Add(string.Join(' ', words[first..i]));
            }
        }

        parts.RemoveAll(static part => Key(part).Length == 0);
        return parts;
    }

    private static string? WithoutUnit(string part)
    {
        var words = part.Split(' ');
        if (words.Length < 2 || UnitOf(part) is null)
            return null;
        var isIn = words.Length > 2 && words[^2].ToUpperInvariant() is "IN" or "ب";
        return string.Join(' ', words[..^(isIn ? 2 : 1)]);
    }

    /// <summary>The currency in the last word: "Value USD", "القيمة بالريال".</summary>
    private static string? UnitOf(string part)
    {
        var word = part.Split(' ')[^1].Trim('.');
        return word.Length == part.Length ? null
            : Amounts.CurrencyCode(word) is { } code ? code
            : word.StartsWith("بال", StringComparison.Ordinal) ? Amounts.CurrencyCode(word[3..])
            : null;
    }

    private static bool IsArabic(string text) => text.Any(static letter => letter is >= '\u0600' and <= '\u06FF');

    [GeneratedRegex(
        @"[/\\|()\[\]{}:,،؛;\n\r]|\s[-–—~]+\s",
        RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 200
    )]
    private static partial Regex Separators();

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
