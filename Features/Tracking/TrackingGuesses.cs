using System.Data.Common;
using System.Globalization;
using System.Net;
using MdcTts.Features.Accounts;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;

namespace MdcTts.Features.Tracking;

/// <summary>
/// Numbers follow each other and references follow a pattern, so the pair must not be found by trying. Wrong pairs are
/// counted for each number, whoever asks, and for each network, whatever they ask.
/// </summary>
/// <remarks>
/// What may be tried is less than what it takes. A reference such as <c>RRM-0000/18</c> has 10,000 possibilities. One
/// number is tried at most 60 times in 24 hours: found with a probability of 0.6 %. One network tries at most 120 pairs
/// over all numbers: 1.2 %. The QR's link is not concerned: its secret has more than 128 bits.
/// </remarks>
public sealed class TrackingGuesses(
    AppDb db,
    Guesses guesses,
    TrackingGuesses.Fallback fallback,
    AppSettings settings,
    TimeProvider clock
)
{
    /// <summary>Wrong pairs of one number, over all networks, in an hour by the clock.</summary>
    public const int NumberHourMax = 30;

    /// <summary>The same in a day of UTC.</summary>
    public const int NumberDayMax = 60;

    /// <summary>Wrong pairs of one visitor, over all numbers, in a day of UTC.</summary>
    public const int VisitorDayMax = 120;

    /// <summary>The same for the /48 of an IPv6 network.</summary>
    public const int WideDayMax = 480;

    // What nobody has is counted too, because it must take as long, but not in a row for each number that is made up.
    private const int UnknownRows = 64;

    private static readonly TimeSpan Kept = TimeSpan.FromDays(2);

    /// <summary>A guess that was counted.</summary>
    public sealed record Guess(bool IsAllowed, IReadOnlyList<Guesses.Taken> Taken);

    /// <summary>
    /// Counts where the database cannot: each process by itself, until the next hour. There is always a limit.
    /// </summary>
    public sealed class Fallback
    {
        private const int KeysMax = 100_000;
        private readonly Lock _turn = new();
        private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
        private DateTime _hour;

        internal bool Take(IReadOnlyList<(string Key, int Max)> counts, DateTime now)
        {
            lock (_turn)
            {
                var hour = now.Date.AddHours(now.Hour);
                if (hour != _hour || _counts.Count > KeysMax)
                    _counts.Clear();
                _hour = hour;
                foreach (var (key, _) in counts)
                    _counts[key] = _counts.GetValueOrDefault(key) + 1;
                return counts.All(c => _counts[c.Key] <= c.Max);
            }
        }

        internal void GiveBack(IReadOnlyList<(string Key, int Max)> counts)
        {
            lock (_turn)
                foreach (var (key, _) in counts)
                    if (_counts.TryGetValue(key, out var count))
                        _counts[key] = count - 1;
        }
    }

    /// <summary>Counts a pair before it is compared.</summary>
    /// <param name="number">As it is stored; what is no transaction's is told by <paramref name="exists"/>.</param>
    public async Task<Guess> Take(string number, bool exists, IPAddress? address, CancellationToken stop)
    {
        var now = clock.Instant();
        var counts = CountsOf(exists ? number : Bucket(number), address, now);
        if (settings.IsReadOnly)
            return new(fallback.Take(counts, now), []);
        try
        {
            await using var write = await db.BeginWrite(stop);
            var taken = await guesses.Take([.. counts.Select(c => c.Key)], now, now - Kept, stop);
            await write.Commit(stop);
            return new(taken.All(t => t.Before < counts.Single(c => c.Key == t.Key).Max), taken);
        }
        catch (DbException)
        {
            // Full, or open for reading only: tracking goes on.
            return new(fallback.Take(counts, now), []);
        }
    }

    /// <summary>The pair was right: it counts for nothing.</summary>
    public async Task GiveBack(Guess guess, string number, IPAddress? address, CancellationToken stop)
    {
        if (guess.Taken.Count == 0)
        {
            fallback.GiveBack(CountsOf(number, address, clock.Instant()));
            return;
        }

        await using var write = await db.BeginWrite(stop);
        foreach (var taken in guess.Taken)
            await guesses.GiveBack(taken, stop);
        await write.Commit(stop);
    }

    private static List<(string Key, int Max)> CountsOf(string number, IPAddress? address, DateTime now)
    {
        var (day, hour) = (Part(now, "yyyyMMdd"), Part(now, "yyyyMMddHH"));
        List<(string, int)> counts =
        [
            (Guesses.Key("tracking", number, hour), NumberHourMax),
            (Guesses.Key("tracking", number, day), NumberDayMax),
            (Guesses.Key("tracking from", Networks.VisitorOf(address), day), VisitorDayMax),
        ];
        if (Networks.WideOf(address) is { } wide)
            counts.Add((Guesses.Key("tracking from wide", wide, day), WideDayMax));
        return counts;
    }

    private static string Part(DateTime at, string format) => at.ToString(format, CultureInfo.InvariantCulture);

    private static string Bucket(string number) =>
        $"unknown {Convert.ToInt32(Sessions.HashOf(number)[..2], 16) % UnknownRows}";
}
