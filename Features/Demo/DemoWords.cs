namespace MdcTts.Features.Demo;

/// <summary>What demonstration transactions are about and what people write on them, in both languages.</summary>
internal static class DemoWords
{
    /// <summary>A kind of work: what it is called, and the keys it is filed under.</summary>
    public sealed record Work(string En, string Ar, string Type, string Category, string Department);

    /// <summary>The same thing in both languages.</summary>
    public sealed record Pair(string En, string Ar)
    {
        public string In(bool arabic) => arabic ? Ar : En;
    }

    public static IReadOnlyList<Work> Works { get; } =
    [
        new("Concept design report", "تقرير التصميم المبدئي", "document_review", "architecture", "architecture"),
        new(
            "Architectural drawings, 60 % stage",
            "المخططات المعمارية لمرحلة 60%",
            "document_review",
            "architecture",
            "architecture"
        ),
        new("Building permit application", "طلب رخصة بناء", "approval_request", "architecture", "architecture"),
        new("Facade material samples", "عينات مواد الواجهات", "approval_request", "architecture", "architecture"),
        new(
            "Structural calculation notes",
            "المذكرة الحسابية الإنشائية",
            "document_review",
            "engineering",
            "engineering"
        ),
        new("Electrical load schedule", "جدول الأحمال الكهربائية", "submission", "engineering", "engineering"),
        new(
            "Storm water drainage design",
            "تصميم تصريف مياه السيول",
            "approval_processing",
            "engineering",
            "engineering"
        ),
        new(
            "Fire and life safety plan",
            "مخطط السلامة والحماية من الحريق",
            "approval_request",
            "engineering",
            "engineering"
        ),
        new("Soil investigation report", "تقرير فحص التربة", "review_completed", "engineering", "engineering"),
        new("Contractor shop drawings", "المخططات التنفيذية للمقاول", "document_review", "construction", "supervision"),
        new(
            "Request for information: slab levels",
            "طلب معلومات: مناسيب البلاطات",
            "information_request",
            "construction",
            "supervision"
        ),
        new(
            "Monthly site progress report",
            "التقرير الشهري لتقدم الأعمال بالموقع",
            "status_update",
            "construction",
            "supervision"
        ),
        new(
            "Material submittal: interlock paving",
            "اعتماد مواد: بلاط الإنترلوك",
            "submission",
            "construction",
            "supervision"
        ),
        new("Interim payment certificate", "مستخلص جارٍ", "payment", "construction", "finance"),
        new("Final account statement", "المستخلص الختامي", "payment", "construction", "finance"),
        new("Land use change study", "دراسة تغيير استخدام الأرض", "approval_processing", "planning", "projects"),
        new("Traffic impact study", "دراسة الأثر المروري", "submission", "planning", "projects"),
        new("Plot subdivision plan", "مخطط تقسيم الأراضي", "approval_request", "planning", "projects"),
        new("Scope of services clarification", "توضيح نطاق الخدمات", "information_request", "consultation", "projects"),
        new(
            "Feasibility study, second issue",
            "دراسة الجدوى، الإصدار الثاني",
            "revision_request",
            "consultation",
            "projects"
        ),
        new(
            "Planting plan and species list",
            "مخطط التشجير وقائمة الأنواع",
            "document_review",
            "landscape",
            "architecture"
        ),
        new("Irrigation network design", "تصميم شبكة الري", "submission", "landscape", "engineering"),
        new("Shade structures detail", "تفاصيل المظلات", "revision_request", "landscape", "architecture"),
        new(
            "Reception interior finishes",
            "تشطيبات صالة الاستقبال",
            "approval_request",
            "interior_design",
            "architecture"
        ),
        new("Furniture schedule", "جدول الأثاث", "document_upload", "interior_design", "architecture"),
        new(
            "Public realm guidelines",
            "دليل تصميم الفراغات العامة",
            "document_review",
            "urban_development",
            "projects"
        ),
        new(
            "Street lighting master plan",
            "المخطط العام لإنارة الشوارع",
            "task_assignment",
            "urban_development",
            "engineering"
        ),
        new("Accessibility audit", "مراجعة الوصول الشامل", "review_completed", "urban_development", "projects"),
    ];

    public static IReadOnlyList<Pair> Parts { get; } =
    [
        new("zone A", "المنطقة أ"),
        new("zone B", "المنطقة ب"),
        new("zone C", "المنطقة ج"),
        new("north entrance", "المدخل الشمالي"),
        new("main plaza", "الساحة الرئيسة"),
        new("parking building", "مبنى المواقف"),
        new("package 1", "الحزمة الأولى"),
        new("package 2", "الحزمة الثانية"),
        new("package 3", "الحزمة الثالثة"),
        new("block 14", "البلوك 14"),
        new("block 27", "البلوك 27"),
        new("service building", "مبنى الخدمات"),
    ];

    public static IReadOnlyList<Pair> Descriptions { get; } =
    [
        new(
            "As agreed in the coordination meeting. Drawings in PDF and DWG, three sets.",
            "وفق ما تم الاتفاق عليه في اجتماع التنسيق. المخططات بصيغتي PDF وDWG من ثلاث نسخ."
        ),
        new(
            "Please review against the employer's requirements and the Saudi Building Code.",
            "نأمل المراجعة وفق متطلبات الجهة المالكة وكود البناء السعودي."
        ),
        new(
            "Second submission after the comments of the first; the list of answers is attached.",
            "التقديم الثاني بعد ملاحظات التقديم الأول، ومرفق جدول الردود."
        ),
        new("Needed before work on site starts.", "مطلوب قبل بدء الأعمال في الموقع."),
        new("Covers all disciplines; the area schedule was updated.", "يشمل جميع التخصصات، وتم تحديث جدول المساحات."),
    ];

    /// <summary>Notes that a client reads, by the status moved to.</summary>
    public static IReadOnlyDictionary<string, Pair[]> PublicNotes { get; } =
        new Dictionary<string, Pair[]>(StringComparer.Ordinal)
        {
            ["submitted"] =
            [
                new("Received and registered.", "تم الاستلام والقيد."),
                new("Complete set received.", "تم استلام المستندات كاملة."),
            ],
            ["under_review"] =
            [
                new("With our reviewers.", "لدى فريق المراجعة."),
                new("Review has started; we expect two weeks.", "بدأت المراجعة والمدة المتوقعة أسبوعان."),
            ],
            ["approved"] =
            [
                new("Approved without comments.", "اعتمدت دون ملاحظات."),
                new("Approved with minor comments, listed in the letter.", "اعتمدت مع ملاحظات طفيفة موضحة في الخطاب."),
            ],
            ["in_progress"] =
            [
                new("Work has started.", "بدأ العمل."),
                new("The team has been named; work has started.", "تم تكليف الفريق وبدأ العمل."),
            ],
            ["payment_pending"] =
            [
                new("The invoice was sent.", "تم إرسال الفاتورة."),
                new("Invoice sent through Etimad.", "تم رفع الفاتورة عبر منصة اعتماد."),
            ],
            ["paid"] = [new("Payment received, thank you.", "تم استلام الدفعة، شكرا لكم.")],
            ["completed"] =
            [
                new("Delivered and closed.", "تم التسليم والإغلاق."),
                new("Final documents were handed over.", "تم تسليم المستندات النهائية."),
            ],
            ["on_hold"] =
            [
                new("On hold until the site is handed over.", "معلقة حتى تسليم الموقع."),
                new("Waiting for your decision on the revised scope.", "بانتظار قراركم بشأن النطاق المعدل."),
            ],
            ["cancelled"] =
            [
                new("Cancelled at the client's request.", "ألغيت بناء على طلب العميل."),
                new("Replaced by a newer submission.", "استبدلت بتقديم أحدث."),
            ],
        };

    /// <summary>Notes for staff, for moves that need one.</summary>
    public static IReadOnlyList<Pair> InternalNotes { get; } =
    [
        new(
            "Sheets A-201 to A-205 are missing; back for completion.",
            "اللوحات A-201 إلى A-205 ناقصة، أعيدت للاستكمال."
        ),
        new("The levels do not match the survey. Returned.", "المناسيب لا تطابق الرفع المساحي، أعيدت للتصحيح."),
        new("Area schedule needs correction first.", "جدول المساحات يحتاج إلى تصحيح أولا."),
    ];

    /// <summary>Comments; {0} is somebody's name after the @.</summary>
    public static IReadOnlyList<Pair> Comments { get; } =
    [
        new(
            "@{0} please check the levels on sheet 3 before it goes out.",
            "@{0} نأمل التحقق من المناسيب في اللوحة 3 قبل الإرسال."
        ),
        new("Called the client: they expect an answer by Thursday.", "تم التواصل مع العميل، ويتوقعون الرد قبل الخميس."),
        new(
            "@{0} the authority asked for the stamped copy, can you upload it?",
            "@{0} طلبت الجهة النسخة المختومة، هل يمكن رفعها؟"
        ),
        new(
            "Comments sheet is ready, twelve items, two of them major.",
            "جدول الملاحظات جاهز: اثنتا عشرة ملاحظة، منها اثنتان جوهريتان."
        ),
        new("The consultant's stamp is missing on two drawings.", "ختم الاستشاري ناقص على لوحتين."),
        new("@{0} I will take this one while you are on site.", "@{0} سأتابعها أثناء وجودك في الموقع."),
        new("Site visit done; photos are in the project folder.", "تمت زيارة الموقع، والصور في مجلد المشروع."),
    ];

    public static IReadOnlyList<Pair> Authorities { get; } =
    [
        new("Riyadh Municipality (Amana)", "أمانة الرياض"),
        new("Balady", "بلدي"),
        new("Civil Defence", "الدفاع المدني"),
        new("Saudi Electricity Company", "الشركة السعودية للكهرباء"),
    ];

    public static IReadOnlyList<Pair> Tags { get; } =
    [
        new("phase 1", "المرحلة الأولى"),
        new("phase 2", "المرحلة الثانية"),
        new("site visit", "زيارة ميدانية"),
        new("tender", "منافسة"),
        new("as-built", "مخططات حسب المنفذ"),
        new("minister's office", "مكتب الوزير"),
    ];

    public static IReadOnlyList<Pair> HandOvers { get; } =
    [
        new("On leave from Sunday.", "إجازة ابتداء من الأحد."),
        new("Closer to the project.", "أقرب إلى المشروع."),
        new("To even out the load.", "لموازنة الأعمال."),
    ];

    public static IReadOnlyList<Pair> DeleteReasons { get; } =
    [new("Entered twice.", "قيدت مرتين."), new("Belongs to another firm.", "تخص مكتبا آخر.")];
}
