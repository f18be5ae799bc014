using MdcTts.Infrastructure.Database;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Infrastructure.Health;

/// <summary>Whether the database answers and has our schema. Asked at most once a second, however many probes come.</summary>
public sealed class DatabaseState(IServiceScopeFactory scopes, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _one = new(1, 1);
    private (Answer Value, long At)? _held;
    private bool _hasSchema;

    /// <summary>What was found.</summary>
    /// <param name="Reachable">A query was answered in time.</param>
    /// <param name="Schema">Every migration that this version knows has run; newer ones do not matter.</param>
    public readonly record struct Answer(bool Reachable, bool Schema);

    public async Task<Answer> Ask(CancellationToken stop)
    {
        await _one.WaitAsync(stop);
        try
        {
            if (_held is { } held && clock.GetElapsedTime(held.At) < Freshness) return held.Value;
            var answer = await Look(stop);
            _held = (answer, clock.GetTimestamp());
            return answer;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<Answer> Look(CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(Patience);
        try
        {
            using var scope = scopes.CreateScope();
            var db = scope.ServiceProvider.GetRequiredService<AppDb>();
            await db.Database.SqlQueryRaw<int>("SELECT 1 AS \"Value\"").ToListAsync(patience.Token).WaitAsync(patience.Token);
            // Schemas only grow: once it is there it stays.
            _hasSchema = _hasSchema || !(await db.Database.GetPendingMigrationsAsync(patience.Token)).Any();
            return new(true, _hasSchema);
        }
        catch (Exception e) when (!stop.IsCancellationRequested && e is System.Data.Common.DbException or InvalidOperationException or OperationCanceledException or TimeoutException or IOException)
        {
            return new(false, _hasSchema);
        }
    }
}
