using System.Diagnostics.Metrics;
using MdcTts.Infrastructure.Saudi;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Infrastructure.Metrics;

/// <summary>
/// Numbers that somebody must ask for, registered as a singleton by whoever knows; several gauges may share a name with
/// different labels.
/// </summary>
/// <param name="Numbers">What it answers, as Prometheus shows it.</param>
/// <param name="Read">Asked when somebody scrapes, at most every five seconds, in a scope of its own.</param>
public sealed record Gauge(
    IReadOnlyList<(string Name, string Description)> Numbers,
    Func<IServiceProvider, CancellationToken, Task<IEnumerable<(string Name, Measurement<double> Value)>>> Read
)
{
    /// <summary>A single number.</summary>
    public static Gauge One(
        string name,
        string description,
        Func<IServiceProvider, CancellationToken, Task<double>> read,
        params KeyValuePair<string, object?>[] labels
    ) => new([(name, description)], async (services, stop) => [(name, new(await read(services, stop), labels))]);

    /// <summary>How much waits to be done, and for how long the oldest of it does.</summary>
    /// <param name="queue">Its label.</param>
    /// <param name="waiting">Since when each does.</param>
    public static Gauge Queue<TDb>(string queue, Func<TDb, DateTime, IQueryable<DateTime>> waiting)
        where TDb : DbContext
    {
        const string Depth = "mdc_queue_depth",
            Age = "mdc_queue_oldest_age_seconds";
        var label = Label("queue", queue);
        return new(
            [(Depth, "What is due and not done"), (Age, "Since when the oldest of it is due")],
            async (services, stop) =>
            {
                var now = services.GetRequiredService<TimeProvider>().Instant();
                var found = await waiting(services.GetRequiredService<TDb>(), now)
                    .GroupBy(_ => 1)
                    .Select(g => new { Depth = g.Count(), Oldest = g.Min() })
                    .SingleOrDefaultAsync(stop);
                return
                [
                    (Depth, new(found?.Depth ?? 0, label)),
                    (Age, new(found is null ? 0 : Math.Max(0, (now - found.Oldest).TotalSeconds), label)),
                ];
            }
        );
    }

    public static KeyValuePair<string, object?> Label(string name, string value) => new(name, value);
}

/// <summary>
/// Keeps what the gauges answered last. A meter's callback may not wait for a database, so whoever scrapes has it
/// refreshed first; for others it refreshes behind.
/// </summary>
public sealed class Gauges : IDisposable
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly IServiceScopeFactory _scopes;
    private readonly IReadOnlyList<Gauge> _gauges;
    private readonly Meter _meter = new(Counters.Name);
    private readonly SemaphoreSlim _one = new(1, 1);
    private Dictionary<string, List<Measurement<double>>> _held = new(StringComparer.Ordinal);
    private long? _at;

    public Gauges(IServiceScopeFactory scopes, IEnumerable<Gauge> gauges)
    {
        (_scopes, _gauges) = (scopes, [.. gauges]);
        foreach (var (name, description) in _gauges.SelectMany(g => g.Numbers).DistinctBy(n => n.Name))
            _meter.CreateObservableGauge(name, () => Held(name), unit: null, description);
    }

    /// <summary>Asks them all, unless that was just done.</summary>
    public async Task Refresh(CancellationToken stop)
    {
        await _one.WaitAsync(stop);
        try
        {
            if (IsFresh)
                return;
            var answers = await Task.WhenAll(_gauges.Select(Ask));
            _held = answers
                .SelectMany(a => a)
                .GroupBy(a => a.Name, StringComparer.Ordinal)
                .ToDictionary(g => g.Key, g => g.Select(a => a.Value).ToList(), StringComparer.Ordinal);
            _at = TimeProvider.System.GetTimestamp();
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose()
    {
        _meter.Dispose();
        _one.Dispose();
    }

    private bool IsFresh => _at is { } at && TimeProvider.System.GetElapsedTime(at) < Freshness;

    private List<Measurement<double>> Held(string name)
    {
        if (!IsFresh)
            _ = Task.Run(() => Refresh(CancellationToken.None));
        return _held.GetValueOrDefault(name) ?? [];
    }

    // Who does not answer is left out: a number that is not known must not look like one that is.
    private async Task<IEnumerable<(string Name, Measurement<double> Value)>> Ask(Gauge gauge)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await using var scope = _scopes.CreateAsyncScope();
            return await gauge.Read(scope.ServiceProvider, patience.Token).WaitAsync(patience.Token);
        }
        catch (Exception)
        {
            return [];
        }
    }
}
