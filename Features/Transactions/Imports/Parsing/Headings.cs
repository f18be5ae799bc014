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
                "Client Ref",
                "Client Ref No",
                "Client Reference Number",
                "Reference Code",
                "رقم مرجعي",
                "رقم المعاملة المرجعي",
                "رقم مرجع العميل",
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
                "Request Title",
                "Transaction Subject",
                "موضوع الطلب",
                "عنوان الطلب",
                "عنوان الموضوع",
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
                "اسم المالك",
                "صاحب المعاملة",
                "الجهة المستفيدة",
                "اسم الشركة",
                "جهة العميل",
            ]
        ),
        (RegisterField.Type, ["Type", "Transaction Type", "Kind", "نوع المعاملة", "النوع", "نوع"]),
        (
            RegisterField.Category,
            ["Category", "Discipline", "Classification", "التصنيف", "تصنيف المعاملة", "الفئة", "التخصص"]
        ),
        (RegisterField.Priority, ["Priority", "Urgency", "الأولوية", "درجة الأولوية", "الأهمية"]),
        (
            RegisterField.Status,
            [
                "Status",
                "Current Status",
                "State",
                "الحالة",
                "حالة المعاملة",
                "حالة",
                "الوضع",
                "الحالة الحالية",
                "حالة الطلب",
                "Transaction Status",
            ]
        ),
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
                "Total Amount",
                "Amount Total",
                "Total Value",
                "Net Amount",
                "Contract Value",
                "Price",
                "Cost",
                "إجمالي المبلغ",
                "المبلغ الإجمالي",
                "الإجمالي",
                "القيمة الإجمالية",
                "إجمالي القيمة",
                "قيمة العقد",
                "التكلفة",
                "السعر",
                "الأتعاب",
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
                "Due By",
                "Target Date",
                "Deadline Date",
                "Delivery Date",
                "آخر موعد",
                "الموعد المحدد",
                "تاريخ التسليم المتوقع",
                "تاريخ الإنجاز المتوقع",
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
                "Registered",
                "Registered On",
                "Registered At",
                "Date Registered",
                "Date of Registration",
                "Received On",
                "Received At",
                "Receipt Date",
                "Date of Receipt",
                "Entry Date",
                "Transaction Date",
                "Request Date",
                "Opened",
                "Opened On",
                "Opening Date",
                "Date Opened",
                "Date of Creation",
                "Creation Date",
                "تاريخ الطلب",
                "تاريخ القيد",
                "تاريخ الإدخال",
                "تاريخ الوارد",
                "تاريخ الاستقبال",
                "تاريخ إنشاء المعاملة",
                "تاريخ تسجيل المعاملة",
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
                "Date of Submission",
                "Sent On",
                "Date Sent",
                "Sent Date",
                "تاريخ الرفع",
                "تاريخ تقديم الطلب",
                "تاريخ تقديم المعاملة",
                "قدمت في",
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
                "Date of Completion",
                "Finished",
                "Finished On",
                "Finish Date",
                "Date Finished",
                "Closed At",
                "Closed Date",
                "Closure Date",
                "Date of Closure",
                "تاريخ الإتمام",
                "تاريخ الإقفال",
                "تاريخ إنجاز المعاملة",
                "تاريخ إغلاق المعاملة",
                "أنجزت في",
                "أغلقت في",
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

    private static readonly FrozenSet<string> Calendars = new[]
    {
        "Gregorian",
        "Hijri",
        "AD",
        "AH",
        "ميلادي",
        "الميلادي",
        "هجري",
        "الهجري",
        "بالميلادي",
        "بالهجري",
        "م",
        "هـ",
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
            if (
                WithoutUnit(part) is { } bare
                && Known.TryGetValue(Key(bare), out known)
                && known.Field == RegisterField.Amount
            )
                return known;
            return WithoutCalendar(part) is { } day && Known.TryGetValue(Key(day), out known) && IsDay(known.Field)
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
        var unit = words.Length > 2 && UnitOfTwo(words) is not null ? 2 : 1;
        var isIn = words.Length > unit + 1 && words[^(unit + 1)].ToUpperInvariant() is "IN" or "ب";
        return string.Join(' ', words[..^(isIn ? unit + 1 : unit)]);
    }

    /// <summary>The currency in the last word or two: "Value USD", "القيمة بالريال السعودي".</summary>
    private static string? UnitOf(string part)
    {
        var words = part.Split(' ');
        if (words.Length < 2)
            return null;
        return Unit(words[^1].Trim('.')) ?? UnitOfTwo(words);
    }

    private static string? UnitOfTwo(string[] words) =>
        words.Length > 2 ? Unit($"{WithoutArticle(words[^2])} {WithoutArticle(words[^1])}") : null;

    private static string WithoutArticle(string word) =>
        word.StartsWith("ال", StringComparison.Ordinal) ? word[2..]
        : word.StartsWith("بال", StringComparison.Ordinal) ? word[3..]
        : word;

    private static string? Unit(string word) =>
        Amounts.CurrencyCode(word)
        ?? (word.StartsWith("بال", StringComparison.Ordinal) ? Amounts.CurrencyCode(word[3..]) : null);

    /// <summary>Without the calendar in the last word: "Due Date Gregorian", "تاريخ الاستحقاق الميلادي".</summary>
    private static string? WithoutCalendar(string part) =>
        part.LastIndexOf(' ') is var at and > 0 && Calendars.Contains(Key(part[(at + 1)..])) ? part[..at] : null;

    private static bool IsDay(RegisterField field) =>
        field
            is RegisterField.DueDate
                or RegisterField.CreatedDate
                or RegisterField.SubmittedDate
                or RegisterField.CompletedDate
                or RegisterField.HolderSince;

    private static bool IsArabic(string text) => text.Any(static letter => letter is >= '\u0600' and <= '\u06FF');

    [GeneratedRegex(
        @"[/\\|()\[\]{}:,،؛;\n\r]|\s[-–—~]+\s",
        RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 2_000
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
