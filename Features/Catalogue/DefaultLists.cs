using System.Globalization;

namespace MdcTts.Features.Catalogue;

/// <summary>The lists and the public holidays that a new installation starts with.</summary>
public static class DefaultLists
{
    public static IReadOnlyList<ListItem> Items { get; } =
    [
        .. Of(
            ListKind.Type,
            ("document_review", "Document review", "مراجعة مستندات"),
            ("approval_request", "Approval request", "طلب اعتماد"),
            ("revision_request", "Revision request", "طلب تعديل"),
            ("submission", "Submission", "تقديم"),
            ("information_request", "Information request", "طلب معلومات"),
            ("approval_processing", "Approval processing", "معالجة اعتماد"),
            ("document_upload", "Document upload", "رفع مستندات"),
            ("status_update", "Status update", "تحديث حالة"),
            ("task_assignment", "Task assignment", "إسناد مهمة"),
            ("review_completed", "Review completed", "اكتمال المراجعة"),
            ("payment", "Payment", "دفعة")
        ),
        .. Of(
            ListKind.Category,
            ("architecture", "Architecture", "الهندسة المعمارية"),
            ("engineering", "Engineering", "الهندسة"),
            ("construction", "Construction", "إنشاءات"),
            ("planning", "Planning", "تخطيط"),
            ("consultation", "Consultation", "استشارات"),
            ("landscape", "Landscape", "تنسيق مواقع"),
            ("interior_design", "Interior design", "تصميم داخلي"),
            ("urban_development", "Urban development", "تطوير عمراني")
        ),
        .. Of(
            ListKind.Department,
            ("architecture", "Architecture", "الهندسة المعمارية"),
            ("engineering", "Engineering", "الهندسة"),
            ("supervision", "Supervision", "الإشراف"),
            ("projects", "Projects", "المشاريع"),
            ("finance", "Finance", "المالية")
        ),
    ];

    /// <summary>
    /// Founding Day, National Day and the two Eids by the Umm al-Qura calendar. An admin corrects them when the dates
    /// are announced.
    /// </summary>
    public static IReadOnlyList<Holiday> Holidays(int fromYear, int toYear)
    {
        var days = new SortedDictionary<DateOnly, Holiday>();
        void Add(DateOnly date, string en, string ar) =>
            days.TryAdd(
                date,
                new Holiday
                {
                    Date = date,
                    NameEn = en,
                    NameAr = ar,
                }
            );

        for (var year = fromYear; year <= toYear; year++)
        {
            Add(new(year, 2, 22), "Founding Day", "يوم التأسيس");
            Add(new(year, 9, 23), "National Day", "اليوم الوطني");
        }

        var calendar = new UmAlQuraCalendar();
        var firstHijri = calendar.GetYear(new DateTime(fromYear, 1, 1));
        var lastHijri = calendar.GetYear(new DateTime(toYear, 12, 31));
        for (var year = firstHijri; year <= lastHijri; year++)
        {
            for (var i = 0; i < 4; i++)
            {
                Add(
                    DateOnly.FromDateTime(calendar.ToDateTime(year, 10, 1, 0, 0, 0, 0)).AddDays(i),
                    "Eid al-Fitr",
                    "عيد الفطر"
                );
                Add(
                    DateOnly.FromDateTime(calendar.ToDateTime(year, 12, 9, 0, 0, 0, 0)).AddDays(i),
                    "Eid al-Adha",
                    "عيد الأضحى"
                );
            }
        }

        return [.. days.Values];
    }

    private static IEnumerable<ListItem> Of(ListKind kind, params (string Key, string En, string Ar)[] items) =>
        items.Select(
            (item, i) =>
                new ListItem
                {
                    Kind = kind,
                    Key = item.Key,
                    NameEn = item.En,
                    NameAr = item.Ar,
                    Position = i,
                }
        );
}
