using System.Runtime.CompilerServices;
using MdcTts.Infrastructure.Events;
using MdcTts.Infrastructure.Live;
using MdcTts.Infrastructure.Security;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Live;

/// <summary>What happened to transactions, with what decides who may hear of it.</summary>
public sealed class LiveNews
{
    /// <summary>More numbers at once are not told one by one.</summary>
    public const int NumbersMax = 100;

    private const int LoadedMax = 500;

    // A rule is compiled once for each open stream.
    private static readonly ConditionalWeakTable<CurrentUser, Func<Transaction, bool>> Rules = [];

    private readonly List<(Transaction Transaction, IReadOnlySet<PageEffect> Effects, bool IsOutside)> _changes = [];
    private readonly bool _isTooMuch;
    private readonly string _mark;

    private LiveNews(bool isTooMuch, string mark) => (_isTooMuch, _mark) = (isTooMuch, mark);

    /// <summary>Looks up what the events are about, as it is now.</summary>
    public static async Task<Func<LiveStream, string>> Read(
        IReadOnlyList<EventRow> events,
        string mark,
        IServiceProvider services,
        CancellationToken stop
    )
    {
        var changes = events
            .Where(e => e.Kind.StartsWith(TransactionEvents.Prefix, StringComparison.Ordinal))
            .Where(e => e.Effect != PageEffect.None)
            .ToLookup(e => e.Key, StringComparer.Ordinal);
        if (changes.Count == 0)
            return _ => "";

        var news = new LiveNews(isTooMuch: changes.Count > LoadedMax, mark);
        var numbers = changes.Select(c => c.Key).TakeLast(LoadedMax).ToList();
        var db = services.GetRequiredService<AppDb>();
        await foreach (
            var t in db
                .Transactions.AsNoTracking()
                .Where(t => numbers.Contains(t.Number))
                .AsAsyncEnumerable()
                .WithCancellation(stop)
        )
        {
            var isOutside = changes[t.Number].Any(e => ChangeData.Of(e).IsOutside);
            news._changes.Add((t, changes[t.Number].Select(e => e.Effect).ToHashSet(), isOutside));
        }

        return news.For;
    }

    /// <summary>What of it one stream is told: its person must see a transaction to hear even its number.</summary>
    private string For(LiveStream stream)
    {
        var user = stream.User;
        var sees = Rules.GetValue(user, TransactionQueries.Sees);
        var seen = _changes
            .Where(c =>
                stream.Topics.Contains(LiveTopics.List) || stream.Topics.Contains(LiveTopics.Of(c.Transaction.Number))
            )
            .Where(c => c.IsOutside || user.IsStaff)
            .Where(c => sees(c.Transaction))
            .ToLookup(
                c =>
                    c.Effects.Contains(PageEffect.Appeared)
                    || (c.Effects.Contains(PageEffect.HandedOver) && c.Transaction.AssigneeId == user.Id)
                    || (c.Effects.Contains(PageEffect.Released) && user.IsClient),
                c => c.Transaction.Number
            );
        if (_isTooMuch || seen.Sum(s => s.Count()) > NumbersMax)
            return LiveFrame.Of("many", _mark);
        var frames = "";
        if (seen[true].Any())
            frames += LiveFrame.Of("new", _mark, string.Join(' ', seen[true]));
        if (seen[false].Any())
            frames += LiveFrame.Of("changed", _mark, string.Join(' ', seen[false]));
        return frames;
    }
}
