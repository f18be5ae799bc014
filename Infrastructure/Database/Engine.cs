using System.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace MdcTts.Infrastructure.Database;

/// <summary>What the two engines do differently. Each context has its own.</summary>
public abstract class Engine
{
    public abstract bool IsSqlite { get; }

    /// <summary>Which writers have ended for a reading that begins now.</summary>
    public abstract Task<WritersSeen> Writers(EngineDb db, CancellationToken stop);

    /// <summary>
    /// Waits for the turn to write where only one writer may be; null where the engine takes care itself.
    /// </summary>
    public abstract ValueTask<IDisposable?> TakeTurn(EngineDb db, CancellationToken stop);

    /// <summary>All that is read until it is disposed sees one moment.</summary>
    public abstract Task<IAsyncDisposable> BeginRead(EngineDb db, CancellationToken stop);

    public virtual void Configure(ModelConfigurationBuilder conventions) { }

    public virtual void Configure(ModelBuilder model) { }
}

/// <summary>SQLite: one file, one process, one writer at a time.</summary>
public sealed class SqliteEngine : Engine
{
    private WriteGate? _gate;

    public override bool IsSqlite => true;

    /// <remarks>One writer, whose ids come in order: nothing is ever under way behind what is read.</remarks>
    public override Task<WritersSeen> Writers(EngineDb db, CancellationToken stop) =>
        Task.FromResult(new WritersSeen(long.MaxValue, 0, []));

    public override async ValueTask<IDisposable?> TakeTurn(EngineDb db, CancellationToken stop) =>
        await Gate(db).Enter(stop);

    public override async Task<IAsyncDisposable> BeginRead(EngineDb db, CancellationToken stop)
    {
        await db.Database.OpenConnectionAsync(stop);
        // Not deferred, it would wait for the turn to write.
        var moment = ((SqliteConnection)db.Database.GetDbConnection()).BeginTransaction(deferred: true);
        await db.Database.UseTransactionAsync(moment, stop);
        return new Moment(db, moment);
    }

    private sealed class Moment(EngineDb db, SqliteTransaction transaction) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await db.Database.UseTransactionAsync(null);
            await transaction.DisposeAsync();
            await db.Database.CloseConnectionAsync();
        }
    }

    public override void Configure(ModelConfigurationBuilder conventions) =>
        conventions.Properties<DateTime>().HaveConversion<UtcConverter>();

    private WriteGate Gate(EngineDb db) => _gate ??= WriteGate.For(db.Database.GetDbConnection().DataSource);

    // SQLite keeps no kind: what comes back is UTC, because only UTC goes in.
    private sealed class UtcConverter()
        : ValueConverter<DateTime, DateTime>(at => at, at => DateTime.SpecifyKind(at, DateTimeKind.Utc));
}

/// <summary>PostgreSQL: any number of processes.</summary>
public sealed class PostgresEngine : Engine
{
    public override bool IsSqlite => false;

    public override async Task<WritersSeen> Writers(EngineDb db, CancellationToken stop) =>
        WritersSeen.Parse(
            await db.Database.SqlQueryRaw<string>("SELECT pg_current_snapshot()::text AS \"Value\"").SingleAsync(stop)
        );

    public override ValueTask<IDisposable?> TakeTurn(EngineDb db, CancellationToken stop) =>
        ValueTask.FromResult<IDisposable?>(null);

    public override async Task<IAsyncDisposable> BeginRead(EngineDb db, CancellationToken stop) =>
        await db.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, stop);

    public override void Configure(ModelBuilder model) => model.HasPostgresExtension("pg_trgm");
}
