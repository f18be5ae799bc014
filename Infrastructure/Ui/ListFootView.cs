using MdcTts.Infrastructure.Database;

namespace MdcTts.Infrastructure.Ui;

/// <summary>Below a table: which rows of how many, and the other pages.</summary>
public sealed record ListFootView(long First, long Last, long Total, PagerView Pager)
{
    /// <summary>How many rows a page may have, and the address of the list with each; empty offers no choice.</summary>
    public IReadOnlyList<(int Size, string Url)> Sizes { get; init; } = [];

    /// <summary>How many it has now.</summary>
    public int Size { get; private init; }

    public static ListFootView Of<T>(Paged<T> rows, Func<int, string> url, string target) =>
        new(rows.First, rows.Last, rows.Total, new(rows.Page, rows.TotalPages, url, target)) { Size = rows.PageSize };
}
