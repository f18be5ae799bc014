using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Text;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>
/// The right to work on an import, for a while that is extended as long as the worker lives. Each commit of the work asks the row whether
/// the lease is still held (<see cref="Held"/>): a worker that was taken for dead writes nothing more, however wrong the clocks are.
/// </summary>
internal sealed partial class ImportLease : IAsyncDisposable
{
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(5);

    private readonly IServiceScopeFactory _scopes;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _lost;
    private readonly CancellationTokenSource _done = new();
    private readonly Task _renewing;

    private ImportLease(
        int importId,
        string owner,
        IServiceScopeFactory scopes,
        TimeProvider clock,
        ILogger log,
        CancellationToken stop
    )
    {
        (ImportId, Owner, _scopes, _clock, _log) = (importId, owner, scopes, clock, log);
        _lost = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Stop = _lost.Token;
        _renewing = KeepRenewing();
    }

    public int ImportId { get; }

    public string Owner { get; }

    /// <summary>Cancelled when the process stops or the lease is lost.</summary>
    public CancellationToken Stop { get; }

    public DateTime Until => _clock.Instant() + Length;

    /// <summary>Imports that wait for a worker.</summary>
    public static IQueryable<ImportRun> Free(AppDb db, DateTime now) =>
        db
            .Imports.Where(i =>
                i.Status == ImportStatus.Queued || i.Status == ImportStatus.Checking || i.Status == ImportStatus.Running
            )
            .Where(i => i.LeaseUntil == null || i.LeaseUntil < now);

    /// <summary>The row of the import as long as this lease holds it; every change of it starts here.</summary>
    public IQueryable<ImportRun> Held(AppDb db) => db.Imports.Where(i => i.Id == ImportId && i.LeaseOwner == Owner);

    /// <summary>Takes the import, or null when another has it or nothing is to be done.</summary>
    public static async Task<ImportLease?> Claim(
        int importId,
        AppDb db,
        IServiceScopeFactory scopes,
        TimeProvider clock,
        ILogger log,
        CancellationToken stop
    )
    {
        var owner = $"{Environment.ProcessId}-{Guid.NewGuid():N}";
        var now = clock.Instant();
        await using var write = await db.BeginWrite(stop);
        var claimed = await Free(db, now)
            .Where(i => i.Id == importId)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(i => i.LeaseOwner, owner)
                        .SetProperty(i => i.LeaseUntil, now + Length)
                        .SetProperty(i => i.Attempts, i => i.Attempts + 1),
                stop
            );
        await write.Commit(stop);
        return claimed == 1 ? new ImportLease(importId, owner, scopes, clock, log, stop) : null;
    }

    public async ValueTask DisposeAsync()
    {
        await _done.CancelAsync();
        await _renewing;
        try
        {
            await Set(null, CancellationToken.None);
        }
        catch (Exception failed)
        {
            // It runs out by itself.
            Log.NotReleased(_log, failed, ImportId);
        }

        _done.Dispose();
        _lost.Dispose();
    }

    private async Task KeepRenewing()
    {
        using var timer = new PeriodicTimer(RenewEvery);
        try
        {
            while (await timer.WaitForNextTickAsync(_done.Token))
                await Renew();
        }
        catch (OperationCanceledException)
        {
            // Done.
        }
    }

    private async Task Renew()
    {
        try
        {
            if (!await Set(Until, _done.Token))
                await _lost.CancelAsync();
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            // Not extended is not lost: the next commit asks the row.
            Log.NotRenewed(_log, failed, ImportId);
        }
    }

    private async Task<bool> Set(DateTime? until, CancellationToken stop)
    {
        await using var scope = _scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AppDb>();
        await using var write = await db.BeginWrite(stop);
        var owner = until is null ? null : Owner;
        var held = await Held(db)
            .ExecuteUpdateAsync(
                set => set.SetProperty(i => i.LeaseUntil, until).SetProperty(i => i.LeaseOwner, owner),
                stop
            );
        await write.Commit(stop);
        return held == 1;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Lease of import {Id} was not extended")]
        public static partial void NotRenewed(ILogger logger, Exception exception, int id);

        [LoggerMessage(2, LogLevel.Warning, "Lease of import {Id} was not given back")]
        public static partial void NotReleased(ILogger logger, Exception exception, int id);
    }
}

/// <summary>Another worker has the import, or it was undone meanwhile.</summary>
internal sealed class LeaseLostException : Exception;
