using MdcTts.Infrastructure.Database;

namespace MdcTts.Infrastructure.Ui;

/// <summary>Below a table: which rows of how many, and the other pages.</summary>
public sealed record ListFootView(long First, long Last, long Total, PagerView Pager)
{
    public static ListFootView Of<T>(Paged<T> rows, Func<int, string> url, string target) =>
        new(rows.First, rows.Last, rows.Total, new(rows.Page, rows.TotalPages, url, target));
}
