namespace MdcTts.Features.Catalogue;

/// <summary>The workflow that a new installation starts with.</summary>
public static class DefaultWorkflow
{
    public static IReadOnlyList<WorkflowStatus> Statuses { get; } =
    [
        Status("draft", "Draft", "مسودة", 0, Meaning.Draft, initial: true),
        Status("submitted", "Submitted", "مُقدَّمة", 1, Meaning.Open),
        Status("under_review", "Under review", "قيد المراجعة", 2, Meaning.Open),
        Status("approved", "Approved", "معتمدة", 3, Meaning.Open),
        Status("in_progress", "In progress", "قيد التنفيذ", 4, Meaning.Open),
        Status("payment_pending", "Payment pending", "بانتظار الدفع", 5, Meaning.Waiting),
        Status("paid", "Paid", "مدفوعة", 6, Meaning.Open),
        Status("on_hold", "On hold", "معلّقة", 7, Meaning.Waiting, onPath: false),
        Status("completed", "Completed", "مكتملة", 8, Meaning.Done),
        Status("cancelled", "Cancelled", "ملغاة", 9, Meaning.Dropped, onPath: false),
    ];

    public static IReadOnlyList<WorkflowMove> Moves { get; } =
    [
        .. Lines()
            .SelectMany(
                (line, at) =>
                    line
                        .To.Split(' ')
                        .Select(
                            (to, i) =>
                                new WorkflowMove
                                {
                                    From = line.From,
                                    To = to.TrimEnd('*'),
                                    Meaning = MeaningOf(line.From, to),
                                    NeedsNote = to.EndsWith('*'),
                                    ForEditors = line.Editors,
                                    Position = at * 10 + i,
                                }
                        )
            ),
    ];

    // A star marks the moves that need a note.
    private static IEnumerable<(string From, string To, bool Editors)> Lines() =>
        [
            ("draft", "submitted cancelled*", true),
            ("submitted", "under_review draft* cancelled*", true),
            ("under_review", "approved submitted* cancelled*", false),
            ("approved", "in_progress cancelled*", true),
            ("in_progress", "completed payment_pending on_hold* cancelled*", true),
            ("payment_pending", "paid on_hold* cancelled*", true),
            ("paid", "completed", true),
            ("on_hold", "in_progress payment_pending cancelled*", false),
        ];

    private static MoveMeaning? MeaningOf(string from, string to) =>
        (from, to) switch
        {
            ("draft", "submitted") => MoveMeaning.Submit,
            ("under_review", "approved") => MoveMeaning.Approve,
            ("payment_pending", "paid") => MoveMeaning.Pay,
            _ => null,
        };

    private static WorkflowStatus Status(
        string key,
        string en,
        string ar,
        int position,
        Meaning meaning,
        bool initial = false,
        bool onPath = true
    ) =>
        new()
        {
            Key = key,
            NameEn = en,
            NameAr = ar,
            Position = position,
            Meaning = meaning,
            IsInitial = initial,
            IsOnPath = onPath,
        };

    /// <summary>What registers call the statuses of the default workflow, where a workflow still has them.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> AlsoCalled = new Dictionary<string, string[]>(
        StringComparer.Ordinal
    )
    {
        ["draft"] = ["قيد الإعداد"],
        ["submitted"] = ["sent", "تم التقديم", "مرسلة", "مرسل"],
        ["under_review"] = ["in review", "reviewing", "تحت المراجعة", "قيد الدراسة", "تحت الدراسة"],
        ["approved"] = ["accepted", "تم الاعتماد", "اعتمدت", "موافق عليها", "موافق عليه", "موافق", "تمت الموافقة"],
        ["in_progress"] =
        [
            "ongoing",
            "wip",
            "work in progress",
            "in process",
            "under process",
            "under processing",
            "processing",
            "جاري التنفيذ",
            "جار التنفيذ",
            "جاري العمل",
            "جار العمل",
            "تحت التنفيذ",
            "قيد العمل",
            "قيد الإنجاز",
            "قيد الإجراء",
            "تحت الإجراء",
            "قيد المعالجة",
            "تحت المعالجة",
            "جارية",
            "جاري",
            "جار",
        ],
        ["payment_pending"] =
        [
            "awaiting payment",
            "pending payment",
            "waiting for payment",
            "بانتظار السداد",
            "في انتظار الدفع",
        ],
        ["paid"] = ["تم الدفع", "تم السداد", "مسددة", "مسدد"],
        ["on_hold"] =
        [
            "hold",
            "paused",
            "suspended",
            "stopped",
            "postponed",
            "deferred",
            "موقوفة مؤقتا",
            "موقوفة",
            "موقوف",
            "متوقفة",
            "متوقف",
            "مؤجلة",
            "مؤجل",
        ],
        ["completed"] =
        [
            "complete",
            "done",
            "closed",
            "finished",
            "منجزة",
            "منجز",
            "منتهية",
            "منتهي",
            "منته",
            "انتهت",
            "أنجزت",
            "تم الانتهاء",
            "تم الإكمال",
            "مغلقة",
            "مغلق",
            "تم الإنجاز",
        ],
        ["cancelled"] = ["canceled", "void", "ملغية", "ملغي", "ألغيت", "تم الإلغاء"],
    };
}
