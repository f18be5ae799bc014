using System.Diagnostics.Metrics;

namespace MdcTts.Infrastructure.Metrics;

/// <summary>A number that somebody must ask for, registered as a singleton by whoever knows; several may share a name with different labels.</summary>
/// <param name="Name">As Prometheus shows it.</param>
/// <param name="Description">Its help.</param>
/// <param name="Read">Asked when somebody scrapes, at most every five seconds, in a scope of its own.</param>
public sealed record Gauge(string Name, string Description, Func<IServiceProvider, CancellationToken, Task<IEnumerable<Measurement<double>>>> Read)
{
    /// <summary>A gauge without labels.</summary>
    public static Gauge One(string name, string description, Func<IServiceProvider, CancellationToken, Task<double>> read) =>
        new(name, description, async (services, stop) => [new(await read(services, stop))]);

    /// <summary>What waits to be done, and since when the oldest of it does.</summary>
    public static IEnumerable<Gauge> Queue(string queue, Func<IServiceProvider, CancellationToken, Task<(int Depth, double AgeSeconds)>> read)
    {
        yield return new("mdc_queue_depth", "What is due and not done", async (services, stop) => [new((await read(services, stop)).Depth, Label("queue", queue))]);
        yield return new("mdc_queue_oldest_age_seconds", "Since when the oldest of it is due", async (services, stop) => [new(Math.Max(0, (await read(services, stop)).AgeSeconds), Label("queue", queue))]);
    }

    public static KeyValuePair<string, object?> Label(string name, string value) => new(name, value);
}

/// <summary>Keeps what the gauges answered last. A meter's callback may not wait for a database, so whoever scrapes has it refreshed first; for others it refreshes behind.</summary>
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
        foreach (var gauge in _gauges.DistinctBy(g => g.Name)) _meter.CreateObservableGauge(gauge.Name, () => Held(gauge.Name), unit: null, gauge.Description);
    }

    /// <summary>Asks them all, unless that was just done.</summary>
    public async Task Refresh(CancellationToken stop)
    {
        await _one.WaitAsync(stop);
        try
        {
            if (IsFresh) return;
            var answers = await Task.WhenAll(_gauges.Select(async gauge => (gauge.Name, Values: await Ask(gauge))));
            _held = answers.GroupBy(a => a.Name, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.SelectMany(a => a.Values).ToList(), StringComparer.Ordinal);
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
        if (!IsFresh) _ = Task.Run(() => Refresh(CancellationToken.None));
        return _held.GetValueOrDefault(name) ?? [];
    }

    // Who does not answer is left out: a number that is not known must not look like one that is.
    private async Task<IEnumerable<Measurement<double>>> Ask(Gauge gauge)
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
