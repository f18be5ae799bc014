namespace MdcTts.Features.Catalogue;

/// <summary>The workflow that a new installation starts with (domain.md's table).</summary>
public static class DefaultWorkflow
{
    public static IReadOnlyList<WorkflowStatus> Statuses { get; } =
    [
        Status("draft", "Draft", "مسودة", 0, initial: true),
        Status("submitted", "Submitted", "مقدمة", 1),
        Status("under_review", "Under review", "قيد المراجعة", 2),
        Status("approved", "Approved", "معتمدة", 3),
        Status("in_progress", "In progress", "قيد التنفيذ", 4),
        Status("payment_pending", "Payment pending", "بانتظار الدفع", 5),
        Status("paid", "Paid", "مدفوعة", 6),
        Status("on_hold", "On hold", "معلقة", 7, onPath: false),
        Status("completed", "Completed", "مكتملة", 8, end: true),
        Status("cancelled", "Cancelled", "ملغاة", 9, end: true, onPath: false),
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

    private static WorkflowStatus Status(
        string key,
        string en,
        string ar,
        int position,
        bool initial = false,
        bool end = false,
        bool onPath = true
    ) =>
        new()
        {
            Key = key,
            NameEn = en,
            NameAr = ar,
            Position = position,
            IsInitial = initial,
            IsEnd = end,
            IsOnPath = onPath,
        };
}
