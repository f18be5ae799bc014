using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Saudi;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;

namespace MdcTts.Infrastructure.Jobs;

/// <summary>
/// Gives a row to one process at a time, however many processes share the database. A claim expires unless it is
/// extended, so work goes on elsewhere when its process dies or hangs. Each claim has a number, and each write asks for
/// it, so a process that continues after its claim was lost writes nothing.
/// </summary>
/// <remarks>
/// Work that has no row of its own claims a name:
/// <code>
/// await using var lease = await leases.Claim("events", stop);
/// if (lease is null)
///     return; // Another process is doing it.
/// await lease.Write(db, async () => { /* read, add, change, save */ }, stop);
/// </code>
/// Ask first, without a claim, whether there is anything to do: a claim is a write. What
/// <see cref="Lease{T}.Write"/> runs is one database transaction, and each extends the claim. Work that may take
/// longer than a claim lasts between two writes calls <see cref="Lease{T}.Hold"/> first.
/// </remarks>
public sealed class Leases(IServiceScopeFactory scopes, TimeProvider clock, ILogger<Leases> log)
{
    /// <summary>How long a claim lasts when it is not extended.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(30);

    /// <summary>Claims a name, such as <c>events</c>; null when another process has it.</summary>
    public async Task<Lease<NamedLease>?> Claim(string name, CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<EngineDb>();
        var row = await db.Set<NamedLease>().AsNoTracking().SingleOrDefaultAsync(l => l.Name == name, stop);
        if (row is null)
            await NamedLease.Add(db, name, stop);
        else if (row.LeasedUntil > clock.Instant())
            return null;
        return await Claim(each => each.Set<NamedLease>().Where(l => l.Name == name), Length, stop);
    }

    /// <summary>Claims a row; null when another process has it, or when there is no such row.</summary>
    /// <param name="find">Finds the one row. What it asks besides the key holds for every write of the claim.</param>
    /// <param name="length">How long the claim lasts when it is not extended.</param>
    /// <param name="stop">Ends the attempt, not the claim.</param>
    /// <param name="also">What changes together with the claim, such as the number of attempts.</param>
    public async Task<Lease<T>?> Claim<T>(
        Func<EngineDb, IQueryable<T>> find,
        TimeSpan length,
        CancellationToken stop,
        Action<UpdateSettersBuilder<T>>? also = null
    )
        where T : class, ILeased
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<EngineDb>();
        await using var write = await db.BeginWrite(stop);
        var lease = await Claim(db, find, length, stop, also);
        await write.Commit(stop);
        return lease;
    }

    /// <summary>The same inside a write of <paramref name="db"/>, which the caller commits.</summary>
    public async Task<Lease<T>?> Claim<T>(
        EngineDb db,
        Func<EngineDb, IQueryable<T>> find,
        TimeSpan length,
        CancellationToken stop,
        Action<UpdateSettersBuilder<T>>? also = null
    )
        where T : class, ILeased
    {
        var now = clock.Instant();
        var until = now + length;
        var claimed = await find(db)
            .Free(now)
            .ExecuteUpdateAsync(
                set =>
                {
                    set.SetProperty(r => r.Lease, r => r.Lease + 1);
                    set.SetProperty(r => r.LeasedUntil, until);
                    also?.Invoke(set);
                },
                stop
            );
        return claimed == 0
            ? null
            : new(await find(db).AsNoTracking().SingleAsync(stop), find, length, scopes, clock, log);
    }
}
