using System.Threading.Channels;
using MdcTts.Infrastructure.Security;

namespace MdcTts.Infrastructure.Live;

/// <summary>An open stream: what waits to be written to one browser.</summary>
/// <param name="user">Whose browser it is, as they were when it opened.</param>
/// <param name="topics">
/// What its page wants to hear of, in words of the feature that opened it, such as <c>list</c>.
/// </param>
public sealed class LiveStream(CurrentUser user, IReadOnlySet<string> topics)
{
    /// <summary>A browser that reads too slowly for this reconnects and receives what it missed.</summary>
    private const int FramesMax = 200;

    private readonly Channel<string> _frames = Channel.CreateBounded<string>(FramesMax);

    public CurrentUser User => user;

    public IReadOnlySet<string> Topics => topics;

    /// <summary>Until <see cref="End"/>.</summary>
    public IAsyncEnumerable<string> Frames(CancellationToken stop) => _frames.Reader.ReadAllAsync(stop);

    /// <summary>Empty frames are left out.</summary>
    public void Offer(string frames)
    {
        if (frames.Length > 0 && !_frames.Writer.TryWrite(frames))
            End();
    }

    public void End() => _frames.Writer.TryComplete();
}
