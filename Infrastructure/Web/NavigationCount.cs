namespace MdcTts.Infrastructure.Web;

/// <summary>
/// A number beside an entry of the navigation, registered by the entry's name; asked for once a page.
/// </summary>
public delegate Task<int> NavigationCount(IServiceProvider request, CancellationToken stop);
