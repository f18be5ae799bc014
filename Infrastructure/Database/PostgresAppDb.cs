using MdcTts.Features.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;
using Microsoft.EntityFrameworkCore.Storage;

namespace MdcTts.Infrastructure.Database;

/// <summary>PostgreSQL: any number of processes.</summary>
public sealed class PostgresAppDb(DbContextOptions<PostgresAppDb> options) : AppDb(options)
{
    public override bool IsSqlite => false;

    /// <remarks>
    /// A snapshot names exactly the transactions that are visible, so equal snapshots see equal data. Any write anywhere makes a new one: it errs only towards counting again.
    /// </remarks>
    public override Task<string> DataMark(CancellationToken stop) =>
        Database.SqlQueryRaw<string>("SELECT pg_current_snapshot()::text AS \"Value\"").SingleAsync(stop);

    protected override ValueTask<IDisposable?> TakeTurn(CancellationToken stop) =>
        ValueTask.FromResult<IDisposable?>(null);

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.HasPostgresExtension("pg_trgm");
        // concat() makes it text: a cast from string to string would be left out as needless.
        var text = new StringTypeMapping("text", System.Data.DbType.String);
        builder
            .HasDbFunction(typeof(AppDb).GetMethod(nameof(MarkInQuery))!)
            .HasTranslation(_ => Function("concat", text, Function("pg_current_snapshot", text)));
        builder.Entity<Transaction>().HasIndex(t => t.SearchText).HasMethod("gin").HasOperators("gin_trgm_ops");
    }

    private static SqlFunctionExpression Function(
        string name,
        RelationalTypeMapping type,
        params SqlExpression[] arguments
    ) => new(name, arguments, nullable: false, arguments.Select(_ => false), typeof(string), type);
}
