using System.Collections.Concurrent;

namespace MdcTts.Infrastructure.Database;

/// <summary>
/// One writer at a time on a SQLite file: writers wait here without a thread, instead of blocking threads inside SQLite
/// until <c>SQLITE_BUSY</c>.
/// </summary>
/// <remarks>It also counts commits: equal counts mean that nothing was written in between.</remarks>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Design",
    "CA1001",
    Justification = "A gate lives as long as the process."
)]
public sealed class WriteGate
{
    private static readonly ConcurrentDictionary<string, WriteGate> Gates = new(StringComparer.Ordinal);

    private readonly SemaphoreSlim _one = new(1, 1);
    private long _commits;

    private WriteGate() { }

    /// <summary>Commits on this file since the process started.</summary>
    public long Commits => Volatile.Read(ref _commits);

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

        /// <summary>
        /// Counts as a change even after a rollback: counting again without need is cheaper than missing a change.
        /// </summary>
        public void Dispose()
        {
            if (Interlocked.Exchange(ref _gate, null) is not { } held)
                return;
            Interlocked.Increment(ref held._commits);
            held._one.Release();
        }
    }
}
