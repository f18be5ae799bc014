using RazorSlices;

namespace MdcTts.Infrastructure.Ui;

/// <summary>Where on a page a section stands.</summary>
public enum PagePlace
{
    /// <summary>Among the buttons beside the heading.</summary>
    Actions,

    /// <summary>Below it, a card of its own.</summary>
    Cards,
}

/// <summary>
/// What a feature puts on another feature's page of one <typeparamref name="T"/>. It is registered as a singleton, so
/// that the page need not know who stands on it.
/// </summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Order">Its order within that place; the smallest comes first.</param>
/// <param name="Make">Reads what it shows, with the services of the request.</param>
public sealed record PageSection<T>(
    PagePlace Place,
    int Order,
    Func<T, IServiceProvider, CancellationToken, Task<RazorSlice>> Make
);

/// <summary>All sections of one page, ready to be rendered.</summary>
public sealed record PageSections(IReadOnlyList<RazorSlice> Actions, IReadOnlyList<RazorSlice> Cards)
{
    public static PageSections None { get; } = new([], []);

    public static async Task<PageSections> Of<T>(T subject, IServiceProvider request, CancellationToken stop)
    {
        var made = new List<(PagePlace Place, RazorSlice Slice)>();
        // One after the other, because they share the request's database connection.
        foreach (var section in request.GetServices<PageSection<T>>().OrderBy(s => s.Order))
            made.Add((section.Place, await section.Make(subject, request, stop)));
        return new(At(PagePlace.Actions), At(PagePlace.Cards));

        List<RazorSlice> At(PagePlace place) => [.. made.Where(m => m.Place == place).Select(m => m.Slice)];
    }
}
