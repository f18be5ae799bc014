using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace MdcTts.Infrastructure.Database;

/// <summary>What the two engines do differently. Each context has its own.</summary>
public abstract class Engine
{
    public abstract bool IsSqlite { get; }

    /// <summary>
    /// A value that changes whenever the committed data may have changed: equal marks mean equal answers, in every
    /// replica.
    /// </summary>
    public abstract Task<string> DataMark(EngineDb db, CancellationToken stop);

    /// <summary>
    /// Waits for the turn to write where only one writer may be; null where the engine takes care itself.
    /// </summary>
    public abstract ValueTask<IDisposable?> TakeTurn(EngineDb db, CancellationToken stop);

    public virtual void Configure(ModelConfigurationBuilder conventions) { }

    public virtual void Configure(ModelBuilder model) { }
}

/// <summary>SQLite: one file, one process, one writer at a time.</summary>
public sealed class SqliteEngine : Engine
{
    private WriteGate? _gate;

    public override bool IsSqlite => true;

    public override Task<string> DataMark(EngineDb db, CancellationToken stop) =>
        Task.FromResult(Gate(db).Commits.ToString(CultureInfo.InvariantCulture));

    public override async ValueTask<IDisposable?> TakeTurn(EngineDb db, CancellationToken stop) =>
        await Gate(db).Enter(stop);

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

    /// <remarks>
    /// A snapshot names exactly the transactions that are visible, so equal snapshots see equal data. Any write
    /// anywhere makes a new one: it errs only towards counting again.
    /// </remarks>
    public override Task<string> DataMark(EngineDb db, CancellationToken stop) =>
        db.Database.SqlQueryRaw<string>("SELECT pg_current_snapshot()::text AS \"Value\"").SingleAsync(stop);

    public override ValueTask<IDisposable?> TakeTurn(EngineDb db, CancellationToken stop) =>
        ValueTask.FromResult<IDisposable?>(null);

    public override void Configure(ModelBuilder model)
    {
        model.HasPostgresExtension("pg_trgm");
        // concat() makes it text: a cast from string to string would be left out as needless.
        var text = new StringTypeMapping("text", System.Data.DbType.String);
        model
            .HasDbFunction(typeof(EngineDb).GetMethod(nameof(EngineDb.MarkInQuery))!)
            .HasTranslation(_ => Function("concat", text, Function("pg_current_snapshot", text)));
    }

    private static SqlFunctionExpression Function(
        string name,
        RelationalTypeMapping type,
        params SqlExpression[] arguments
    ) => new(name, arguments, nullable: false, arguments.Select(_ => false), typeof(string), type);
}
