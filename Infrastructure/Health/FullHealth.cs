using System.Collections.Concurrent;

namespace MdcTts.Infrastructure.Health;

/// <summary>
/// Asks every <see cref="HealthCheck"/>, at most every five seconds however many ask: the address is open to anybody.
/// </summary>
public sealed class FullHealth(IServiceScopeFactory scopes, IEnumerable<HealthCheck> checks, TimeProvider clock)
    : IDisposable
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _one = new(1, 1);
    private (IReadOnlyDictionary<string, string?> Faults, long At)? _held;

    /// <summary>The fault of each check by its name; null: none.</summary>
    public async Task<IReadOnlyDictionary<string, string?>> Ask(CancellationToken stop)
    {
        await _one.WaitAsync(stop);
        try
        {
            if (_held is { } held && clock.GetElapsedTime(held.At) < Freshness)
                return held.Faults;
            var faults = new ConcurrentDictionary<string, string?>(StringComparer.Ordinal);
            await Task.WhenAll(checks.Select(async check => faults[check.Name] = await Ask(check)));
            _held = (faults, clock.GetTimestamp());
            return faults;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<string?> Ask(HealthCheck check)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            return await check.Fault(scope.ServiceProvider, patience.Token).WaitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            return "no answer in time";
        }
        catch (Exception failed)
        {
            // Its message may name hosts and paths, and anybody may read this.
            return failed.GetType().Name;
        }
    }
}
