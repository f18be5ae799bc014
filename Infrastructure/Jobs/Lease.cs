using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Saudi;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;

namespace MdcTts.Infrastructure.Jobs;

/// <summary>The claim of this process to one row. Disposing it gives the row back.</summary>
public sealed partial class Lease<T> : IAsyncDisposable
    where T : class, ILeased
{
    private readonly Func<EngineDb, IQueryable<T>> _find;
    private readonly TimeSpan _length;
    private readonly IServiceScopeFactory _scopes;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _lost;
    private readonly CancellationTokenSource _done = new();
    private CancellationTokenSource? _either;
    private Task _extending = Task.CompletedTask;
    private bool _isOver;

    internal Lease(
        T row,
        Func<EngineDb, IQueryable<T>> find,
        TimeSpan length,
        IServiceScopeFactory scopes,
        TimeProvider clock,
        ILogger log
    )
    {
        Row = row;
        _find = find;
        _length = length;
        _scopes = scopes;
        _clock = clock;
        _log = log;
        _lost = new(Left(row.LeasedUntil!.Value), clock);
        Stop = _lost.Token;
    }

    /// <summary>The row as it was right after the claim.</summary>
    public T Row { get; }

    /// <summary>Cancelled when the claim is lost: it expired, or another process has the row.</summary>
    public CancellationToken Stop { get; private set; }

    public bool IsLost => _lost.IsCancellationRequested;

    /// <summary>The row while this claim holds, else none: where every change of it starts.</summary>
    public IQueryable<T> Held(EngineDb db) => _find(db).Where(r => r.Lease == Row.Lease);

    /// <summary>
    /// Extends the claim from now on for as long as the process lives. <see cref="Stop"/> is then also cancelled with
    /// <paramref name="stop"/>.
    /// </summary>
    public void Hold(CancellationToken stop)
    {
        _either = CancellationTokenSource.CreateLinkedTokenSource(_lost.Token, stop);
        Stop = _either.Token;
        _extending = KeepExtending();
    }

    /// <summary>
    /// Makes a change in one database transaction that stands only if the claim still holds, and extends the claim.
    /// </summary>
    /// <returns>False when the claim is lost; <paramref name="change"/> is then not run.</returns>
    public async Task<bool> Write(EngineDb db, Func<Task> change, CancellationToken stop)
    {
        await using var write = await db.BeginWrite(stop);
        // This comes first because it locks the row: nobody can claim it until the commit.
        if (await Extend(db, stop) is not { } until)
            return false;
        await change();
        await write.Commit(stop);
        _lost.CancelAfter(Left(until));
        return true;
    }

    /// <summary>Gives the row back with a last change of it; false, and no change, when the claim was lost.</summary>
    public async Task<bool> Finish(Action<UpdateSettersBuilder<T>> change)
    {
        // If this fails the claim expires by itself.
        _isOver = true;
        await EndExtending();
        await using var scope = _scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<EngineDb>();
        await using var write = await db.BeginWrite(CancellationToken.None);
        var changed = await Held(db)
            .ExecuteUpdateAsync(
                set =>
                {
                    set.SetProperty(r => r.LeasedUntil, (DateTime?)null);
                    change(set);
                },
                CancellationToken.None
            );
        await write.Commit(CancellationToken.None);
        return changed == 1;
    }

    /// <summary>Lets other processes claim the row at once; false when the claim was lost.</summary>
    public Task<bool> GiveBack() => Finish(_ => { });

    public async ValueTask DisposeAsync()
    {
        await EndExtending();
        try
        {
            if (!_isOver)
                await GiveBack();
        }
        catch (Exception failed)
        {
            Log.NotGivenBack(_log, failed, typeof(T).Name);
        }

        _done.Dispose();
        _either?.Dispose();
        _lost.Dispose();
    }

    private async Task KeepExtending()
    {
        while (!_lost.IsCancellationRequested)
        {
            // Not where the work goes on: its thread may be busy for longer than a claim lasts.
            await Task.Delay(_length / 3, _clock, _done.Token).ConfigureAwait(false);
            try
            {
                await using var scope = _scopes.CreateAsyncScope();
                var db = scope.ServiceProvider.GetRequiredService<EngineDb>();
                await Write(db, () => Task.CompletedTask, _done.Token);
            }
            catch (Exception failed) when (!_done.IsCancellationRequested)
            {
                // The claim outlasts one failure: there are two more attempts before it expires.
                Log.NotExtended(_log, failed, typeof(T).Name);
            }
        }
    }

    private async Task<DateTime?> Extend(EngineDb db, CancellationToken stop)
    {
        var until = _clock.Instant() + _length;
        if (await Held(db).ExecuteUpdateAsync(set => set.SetProperty(r => r.LeasedUntil, until), stop) == 1)
            return until;
        await _lost.CancelAsync();
        return null;
    }

    private async Task EndExtending()
    {
        await _done.CancelAsync();
        await _extending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private TimeSpan Left(DateTime until)
    {
        var left = until - _clock.Instant();
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The claim of a {Row} was not extended")]
        public static partial void NotExtended(ILogger logger, Exception exception, string row);

        [LoggerMessage(2, LogLevel.Warning, "The claim of a {Row} was not given back; it expires by itself")]
        public static partial void NotGivenBack(ILogger logger, Exception exception, string row);
    }
}
