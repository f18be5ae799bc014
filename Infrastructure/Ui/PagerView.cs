namespace MdcTts.Infrastructure.Ui;

/// <summary>The links between the pages of a list.</summary>
/// <param name="Page">Current page, from 1.</param>
/// <param name="TotalPages">Pages there are.</param>
/// <param name="Url">The address of a page.</param>
/// <param name="Target">Id of the element that htmx swaps, with #.</param>
public sealed record PagerView(int Page, int TotalPages, Func<int, string> Url, string Target)
{
    /// <summary>First, last, and those around the current one; null is a gap.</summary>
    public IEnumerable<int?> Numbers
    {
        get
        {
            var last = 0;
            foreach (
                var n in new[] { 1, Page - 1, Page, Page + 1, TotalPages }
                    .Where(n => n >= 1 && n <= TotalPages)
                    .Distinct()
                    .Order()
            )
            {
                if (n > last + 1)
                    yield return n == last + 2 ? n - 1 : null;
                yield return n;
                last = n;
            }
        }
    }
}
