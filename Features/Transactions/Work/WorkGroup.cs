namespace MdcTts.Features.Transactions.Work;

/// <summary>The groups of a person's work, in the order of the page.</summary>
public enum WorkGroup
{
    Overdue,
    Today,
    ThisWeek,
    WithClient,
    WithAuthority,
    Later,
    NoDate,

    /// <summary>Nobody's; whoever sees it may take it.</summary>
    Unassigned,

    /// <summary>Put aside until a day.</summary>
    Snoozed,
}

/// <summary>Which group a row belongs to.</summary>
public static class WorkGroups
{
    /// <summary>
    /// What is due comes first, whoever has it: a due date is missed also while others keep us waiting. Else it waits
    /// for them.
    /// </summary>
    /// <param name="row">Going on, and of the person unless it is nobody's.</param>
    /// <param name="today">In Riyadh.</param>
    /// <param name="weekEnd">The last day of this week.</param>
    public static WorkGroup Of(ShowWork.Row row, DateOnly today, DateOnly weekEnd) =>
        row switch
        {
            { SnoozedUntil: { } until } when until > today => WorkGroup.Snoozed,
            { IsMine: false } => WorkGroup.Unassigned,
            { DueDate: { } due } when due < today => WorkGroup.Overdue,
            { DueDate: { } due } when due == today => WorkGroup.Today,
            { HolderKind: HolderKind.Client } => WorkGroup.WithClient,
            { HolderKind: HolderKind.Authority } => WorkGroup.WithAuthority,
            { DueDate: null } => WorkGroup.NoDate,
            _ => row.DueDate <= weekEnd ? WorkGroup.ThisWeek : WorkGroup.Later,
        };
}
