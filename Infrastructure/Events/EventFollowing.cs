namespace MdcTts.Infrastructure.Events;

/// <summary>What a feature does about events of its own, registered by that feature.</summary>
/// <param name="Prefix">How their kinds begin, with the dot: <c>transaction.</c></param>
/// <param name="Follow">
/// Adds rows to the scope's database context; they are saved together with the mark that the events were followed, so
/// they are written once. It may be called again for the same events when something failed before that.
/// </param>
public sealed record EventFollowing(
    string Prefix,
    Func<IReadOnlyList<EventRow>, IServiceProvider, CancellationToken, Task> Follow
);
