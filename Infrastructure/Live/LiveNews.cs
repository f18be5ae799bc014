using MdcTts.Infrastructure.Events;

namespace MdcTts.Infrastructure.Live;

/// <summary>
/// Looks up what events are about, once for all streams, and answers what to write to one of them; empty for nothing.
/// </summary>
/// <remarks>
/// Registered by the features whose events they are. The mark goes into the frames: see <see cref="LiveFrame.Of"/>.
/// </remarks>
public delegate Task<Func<LiveStream, string>> ReadLiveNews(
    IReadOnlyList<EventRow> events,
    string mark,
    IServiceProvider services,
    CancellationToken stop
);

/// <summary>
/// Looks at rows that change without events, such as the progress of an import, and offers frames to the streams that
/// watch them.
/// </summary>
public delegate Task WatchRows(
    IReadOnlyCollection<LiveStream> streams,
    string mark,
    IServiceProvider services,
    CancellationToken stop
);

/// <summary>
/// The streams whose people may no longer hear them: their session ended, or their role is another one.
/// </summary>
public delegate Task<IReadOnlyCollection<LiveStream>> FindEndedStreams(
    IReadOnlyCollection<LiveStream> streams,
    IServiceProvider services,
    CancellationToken stop
);

/// <summary>One event of a stream, as text.</summary>
public static class LiveFrame
{
    /// <param name="type">The name that the page listens for.</param>
    /// <param name="mark">Where a stream that breaks off here goes on: see <see cref="LiveMarks"/>.</param>
    /// <param name="data">A browser ignores events without data.</param>
    public static string Of(string type, string mark, string data = "-") =>
        $"event: {type}\nid: {mark}\ndata: {data}\n\n";
}
