using System.Globalization;
using System.Text;
using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Ui;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Live;

/// <summary>What happened in a stretch of the log, with what is needed to decide who may hear of it.</summary>
public sealed class LiveNews
{
    /// <summary>More at once are not told one by one.</summary>
    public const int Most = 100;

    private const int Loaded = 500;

    private readonly List<(Transaction Transaction, bool IsBirth, bool IsSubmission, bool IsHandover)> _changes = [];
    private bool _isTooMuch;
    private int? _waiting;

    /// <summary>Looks up what the events are about, as it is now.</summary>
    public static async Task<LiveNews> Read(
        IReadOnlyCollection<LiveEvent> events,
        IServiceProvider request,
        CancellationToken stop
    )
    {
        var news = new LiveNews();
        var changes = events.Where(e => e.IsChange).ToLookup(e => e.Key, StringComparer.Ordinal);
        var numbers = changes.Select(c => c.Key).TakeLast(Loaded).ToList();
        news._isTooMuch = changes.Count > Loaded;
        if (numbers.Count > 0)
        {
            var workflow = (await request.GetRequiredService<CatalogueCache>().Get(stop)).Workflow;
            await foreach (
                var t in request
                    .GetRequiredService<AppDb>()
                    .Transactions.AsNoTracking()
                    .Where(t => numbers.Contains(t.Number))
                    .AsAsyncEnumerable()
                    .WithCancellation(stop)
            )
                news._changes.Add(
                    (
                        t,
                        changes[t.Number].Any(e => e.IsBirth),
                        t.SubmittedAt == t.UpdatedAt && workflow.IsReachedBy(MoveMeaning.Submit, t.Status),
                        changes[t.Number].Any(e => e.IsHandover)
                    )
                );
        }

        if (events.Any(e => e.IsAboutPeople) && request.GetKeyedService<NavigationCount>("pending") is { } count)
            news._waiting = await count(request, stop);
        return news;
    }

    /// <summary>What of it one stream is told; empty when nothing.</summary>
    /// <param name="stream">Whose person must see a transaction to hear even its number.</param>
    /// <param name="mark">Where the stream goes on when it breaks off here.</param>
    public string For(LiveStream stream, long mark)
    {
        var frames = new StringBuilder();
        var user = stream.User;
        var seen = _changes
            .Where(c =>
                (stream.Topics.List || c.Transaction.Number == stream.Topics.Number) && stream.Sees(c.Transaction)
            )
            .ToLookup(
                // For an editor a handover, for a client the submission, is when a transaction appears.
                c =>
                    c.IsBirth
                    || (c.IsHandover && c.Transaction.AssigneeId == user.Id)
                    || (user.IsClient && c.IsSubmission),
                c => c.Transaction.Number
            );
        if (_isTooMuch || seen.Sum(s => s.Count()) > Most)
            frames.Append(Frame("many", mark));
        else
        {
            if (seen[true].Any())
                frames.Append(Frame("new", mark, string.Join(' ', seen[true])));
            if (seen[false].Any())
                frames.Append(Frame("changed", mark, string.Join(' ', seen[false])));
        }

        if (user.IsAdmin && _waiting is { } waiting)
            frames.Append(Frame("waiting", mark, waiting.ToString(CultureInfo.InvariantCulture)));
        return frames.ToString();
    }

    /// <summary>One event of the stream. A browser ignores those without data.</summary>
    public static string Frame(string type, long mark, string data = "-") =>
        string.Create(CultureInfo.InvariantCulture, $"event: {type}\nid: {mark}\ndata: {data}\n\n");
}
