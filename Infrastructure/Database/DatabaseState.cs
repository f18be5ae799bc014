using Microsoft.EntityFrameworkCore;

namespace MdcTts.Infrastructure.Database;

/// <summary>
/// Whether the database answers and has our schema. Asked at most once a second, however many probes come.
/// </summary>
public sealed class DatabaseState(IServiceScopeFactory scopes, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _one = new(1, 1);
    private (Answer Value, long At)? _held;
    private int? _missing;

    /// <summary>What was found.</summary>
    /// <param name="Reachable">A query was answered in time.</param>
    /// <param name="Missing">
    /// Migrations of this version that have not run; newer ones do not matter. Null: not known yet.
    /// </param>
    public readonly record struct Answer(bool Reachable, int? Missing);

    /// <summary>True once every migration of this version has run: schemas only grow.</summary>
    public async ValueTask<bool> HasSchema(CancellationToken stop) => _missing == 0 || (await Ask(stop)).Missing == 0;

    public async Task<Answer> Ask(CancellationToken stop)
    {
        await _one.WaitAsync(stop);
        try
        {
            if (_held is { } held && clock.GetElapsedTime(held.At) < Freshness)
                return held.Value;
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
            var db = scope.ServiceProvider.GetRequiredService<EngineDb>();
            await db
                .Database.SqlQueryRaw<int>("SELECT 1 AS \"Value\"")
                .ToListAsync(patience.Token)
                .WaitAsync(patience.Token);
            if (_missing != 0)
                _missing = (await db.Database.GetPendingMigrationsAsync(patience.Token)).Count();
            return new(true, _missing);
        }
        catch (Exception e)
            when (!stop.IsCancellationRequested
                && e
                    is System.Data.Common.DbException
                        or InvalidOperationException
                        or OperationCanceledException
                        or TimeoutException
                        or IOException
            )
        {
            return new(false, _missing);
        }
    }
}
