using System.Collections.Concurrent;

namespace MdcTts.Infrastructure.Database;

/// <summary>
/// One writer at a time on a SQLite file: writers wait here without a thread, instead of blocking threads inside SQLite
/// until <c>SQLITE_BUSY</c>.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Design",
    "CA1001",
    Justification = "A gate lives as long as the process."
)]
public sealed class WriteGate
{
    private static readonly ConcurrentDictionary<string, WriteGate> Gates = new(StringComparer.Ordinal);

    private readonly SemaphoreSlim _one = new(1, 1);

    private WriteGate() { }

    /// <summary>The gate of a database file.</summary>
    public static WriteGate For(string dataSource) => Gates.GetOrAdd(dataSource, _ => new WriteGate());

    /// <summary>Waits until nobody else writes; dispose the result to let the next writer in.</summary>
    public async ValueTask<Pass> Enter(CancellationToken stop)
    {
        await _one.WaitAsync(stop);
        return new(this);
    }

    /// <summary>The right to write, until disposed.</summary>
    public sealed class Pass(WriteGate gate) : IDisposable
    {
        private WriteGate? _gate = gate;

        public void Dispose() => Interlocked.Exchange(ref _gate, null)?._one.Release();
    }
}
