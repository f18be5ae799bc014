using System.Threading.Channels;
using MdcTts.Infrastructure.Security;

namespace MdcTts.Features.Transactions.Live;

/// <summary>What a page wants to hear of.</summary>
/// <param name="List">All transactions that the person sees.</param>
/// <param name="Number">One transaction.</param>
/// <param name="Import">One import; the caller has checked that the person sees it.</param>
public sealed record LiveTopics(bool List, string? Number, int? Import);

/// <summary>An open stream: what waits to be written to one browser.</summary>
public sealed class LiveStream(CurrentUser user, LiveTopics topics)
{
    /// <summary>Who does not read this fast comes again and is told what was missed.</summary>
    private const int Most = 200;

    private readonly Channel<string> _frames = Channel.CreateBounded<string>(Most);

    public CurrentUser User => user;

    public LiveTopics Topics => topics;

    /// <summary>The same rule as <c>VisibleTo(user)</c>.</summary>
    public Func<Transaction, bool> Sees { get; } = TransactionQueries.Sees(user);

    /// <summary>Until <see cref="End"/>.</summary>
    public IAsyncEnumerable<string> Frames(CancellationToken stop) => _frames.Reader.ReadAllAsync(stop);

    public void Offer(string frames)
    {
        if (frames.Length > 0 && !_frames.Writer.TryWrite(frames))
            End();
    }

    public void End() => _frames.Writer.TryComplete();
}
