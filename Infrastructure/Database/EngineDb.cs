using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace MdcTts.Infrastructure.Database;

/// <summary>
/// The database without the features' tables: turns to write, one transaction a use case, the data mark, and what the
/// two engines do differently. Infrastructure takes this, features take <c>AppDb</c>; in one scope both are the same
/// object.
/// </summary>
public abstract class EngineDb(DbContextOptions options, Engine engine) : DbContext(options), IDataProtectionKeyContext
{
    private bool _inWrite;
    private BeforeInsert? _beforeInsert;

    /// <summary>
    /// What must be written together with whatever this request writes: it runs before each commit, inside its
    /// transaction.
    /// </summary>
    internal Func<CancellationToken, Task>? BeforeCommit { get; set; }

    public DbSet<DataMark> DataMarks => Set<DataMark>();
    public DbSet<NumberCounter> NumberCounters => Set<NumberCounter>();
    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    /// <summary>The engine, where a statement must differ.</summary>
    public bool IsSqlite => engine.IsSqlite;

    /// <summary>
    /// A value that is another one after every commit to the tables that <paramref name="name"/> stands for.
    /// </summary>
    /// <param name="name">One of <see cref="DataMark"/>.</param>
    public Task<long> MarkOf(string name, CancellationToken stop) =>
        DataMarks.Where(m => m.Name == name).SumAsync(m => m.Value, stop);

    /// <inheritdoc cref="Engine.Writers"/>
    public Task<WritersSeen> Writers(CancellationToken stop) => engine.Writers(this, stop);

    /// <summary>Until it is disposed, all that is read sees one moment, and nobody waits for it.</summary>
    public Task<IAsyncDisposable> BeginRead(CancellationToken stop) => engine.BeginRead(this, stop);

    /// <summary>Starts the one transaction of a use case. On SQLite it first waits for the turn to write.</summary>
    public async Task<WriteScope> BeginWrite(CancellationToken stop)
    {
        var turn = await engine.TakeTurn(this, stop);
        try
        {
            // A use case that failed is over: a savepoint to go on from would be two round trips for nothing.
            Database.AutoSavepointsEnabled = false;
            var transaction = await Database.BeginTransactionAsync(stop);
            _inWrite = true;
            return new(this, transaction, turn);
        }
        catch
        {
            turn?.Dispose();
            throw;
        }
    }

    /// <summary>Only DataProtection's key store saves synchronously, about once in 90 days.</summary>
    public override int SaveChanges(bool acceptAllChangesOnSuccess)
    {
        CompleteNewRows();
        using var turn = _inWrite
            ? null
            : engine.TakeTurn(this, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        return base.SaveChanges(acceptAllChangesOnSuccess);
    }

    public override async Task<int> SaveChangesAsync(
        bool acceptAllChangesOnSuccess,
        CancellationToken cancellationToken = default
    )
    {
        CompleteNewRows();
        if (BeforeCommit is not null && !_inWrite)
        {
            await using var write = await BeginWrite(cancellationToken);
            var saved = await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
            await write.Commit(cancellationToken);
            return saved;
        }

        using var turn = _inWrite ? null : await engine.TakeTurn(this, cancellationToken);
        return await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
    }

    /// <summary>
    /// Does what is no part of what the request is about: <see cref="BeforeCommit"/> does not run with its commits.
    /// </summary>
    internal async Task<T> Apart<T>(Func<Task<T>> write)
    {
        var also = BeforeCommit;
        BeforeCommit = null;
        try
        {
            return await write();
        }
        finally
        {
            BeforeCommit = also;
        }
    }

    internal void LeaveWrite() => _inWrite = false;

    /// <summary>Calls <see cref="BeforeInsert"/>, without which no row may be written.</summary>
    internal void Complete(object row) => (_beforeInsert ??= this.GetService<BeforeInsert>())(row);

    private void CompleteNewRows()
    {
        // What was added is known without looking for changes, which saving does anyway.
        var detects = ChangeTracker.AutoDetectChangesEnabled;
        ChangeTracker.AutoDetectChangesEnabled = false;
        try
        {
            foreach (var entry in ChangeTracker.Entries())
                if (entry.State == EntityState.Added)
                    Complete(entry.Entity);
        }
        finally
        {
            ChangeTracker.AutoDetectChangesEnabled = detects;
        }
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        engine.Configure(configurationBuilder);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(EngineDb).Assembly);
        engine.Configure(modelBuilder);
    }
}
