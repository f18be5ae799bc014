namespace MdcTts.Infrastructure.Database;

/// <summary>One page of a list, with the count of all of it.</summary>
/// <param name="Items">The rows of this page.</param>
/// <param name="Page">From 1.</param>
/// <param name="PageSize">1 to 100.</param>
/// <param name="Total">Rows over all pages.</param>
public sealed record Paged<T>(IReadOnlyList<T> Items, int Page, int PageSize, long Total)
{
    /// <summary>The same page of something else.</summary>
    public Paged<TOther> Select<TOther>(Func<T, TOther> of) => new([.. Items.Select(of)], Page, PageSize, Total);

    /// <summary>Pages there are; at least one.</summary>
    public int TotalPages => (int)Math.Max(1, (Total + PageSize - 1) / PageSize);

    /// <summary>Number of the first row shown, from 1; 0 when there is none.</summary>
    public long First => Items.Count == 0 ? 0 : ((long)Page - 1) * PageSize + 1;

    /// <summary>Number of the last row shown.</summary>
    public long Last => ((long)Page - 1) * PageSize + Items.Count;
}

/// <summary>Paging as asked for, understood and clamped.</summary>
public readonly record struct PageRequest(int Page, int Size)
{
    public const int SizeMax = 100;
    public const int SizeDefault = 25;
    private const int PageMax = 1_000_000;

    /// <summary>Page ≥ 1, size 1–100; anything unreadable is the default.</summary>
    public static PageRequest From(string? page, string? size) =>
        new(Read(page, 1, PageMax), Read(size, SizeDefault, SizeMax));

    /// <summary>Rows before this page.</summary>
    public int Skip => (Page - 1) * Size;

    private static int Read(string? text, int otherwise, int most) =>
        long.TryParse(
            text,
            System.Globalization.NumberStyles.AllowLeadingSign,
            System.Globalization.CultureInfo.InvariantCulture,
            out var number
        )
            ? (int)Math.Clamp(number, 1, most)
            : otherwise;
}
