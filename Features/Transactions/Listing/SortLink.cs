namespace MdcTts.Features.Transactions.Listing;

/// <summary>Where a sort leads: a second click turns it round.</summary>
/// <param name="Url">The list in that order, from its start.</param>
/// <param name="IsUp">The list is sorted so now, from low to high.</param>
/// <param name="IsDown">The same from high to low.</param>
public sealed record SortLink(string Url, bool IsUp, bool IsDown)
{
    // People ask these for the latest, the most urgent and the largest.
    private static readonly string[] DownFirst = ["updatedAt", "createdAt", "priority", "amount"];

    public string? Arrow =>
        IsUp ? "↑"
        : IsDown ? "↓"
        : null;

    public static SortLink Of(TransactionFilter list, string sort)
    {
        var now = list.Sort[0];
        var (isUp, isDown) = (now == sort, now == "-" + sort);
        var next = isUp || (!isDown && DownFirst.Contains(sort)) ? "-" + sort : sort;
        return new(TransactionRoutes.Root + (list.FromStart() with { Sort = [next] }).ToQueryString(), isUp, isDown);
    }
}
