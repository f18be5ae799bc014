using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;

namespace MdcTts.Features.Transactions.Listing;

/// <summary>A look at the list. It changes what is its own and keeps the other filters.</summary>
/// <param name="Key">Its name in the catalogue of texts, behind <c>transactions.tab.</c></param>
/// <param name="Filter">The list it shows, from its first page and in the order of now.</param>
/// <param name="Part">What it adds to the other filters.</param>
public sealed record Tab(string Key, TransactionFilter Filter, TransactionFilter Part)
{
    /// <summary>How many are in it.</summary>
    public long Count { get; init; }

    /// <summary>The list has what the tab shows, whatever its order and page.</summary>
    public bool Shows(TransactionFilter list) => Filter.Unsorted().ToQueryString() == list.Unsorted().ToQueryString();

    /// <summary>The tabs of a list, the whole of it first.</summary>
    public static IReadOnlyList<Tab> Of(TransactionFilter list, CurrentUser user, DateOnly today)
    {
        var week = Clock.WeekOf(today);
        var rest = Without(list.FromStart(), week);
        var tabs = new List<Tab> { Part("all", list => list) };
        if (user.IsStaff)
            tabs.Add(Part("mine", list => list with { Assignees = ["me"] }));
        tabs.Add(Part("overdue", list => list with { Overdue = true }));
        tabs.Add(Part(user.IsClient ? "with_you" : "with_client", list => list with { Holders = [HolderKind.Client] }));
        tabs.Add(Part("this_week", list => list with { DueFrom = week.From, DueTo = week.To }));
        return tabs;

        Tab Part(string key, Func<TransactionFilter, TransactionFilter> of) => new(key, of(rest), of(new()));
    }

    // Only what a tab has put there: another assignee or another stretch of days is somebody's own filter.
    private static TransactionFilter Without(TransactionFilter list, (DateOnly From, DateOnly To) week)
    {
        var isWeek = list.DueFrom == week.From && list.DueTo == week.To;
        return list with
        {
            Assignees = list.Assignees is ["me"] ? [] : list.Assignees,
            Holders = list.Holders is [HolderKind.Client] ? [] : list.Holders,
            Overdue = false,
            DueFrom = isWeek ? null : list.DueFrom,
            DueTo = isWeek ? null : list.DueTo,
        };
    }
}
