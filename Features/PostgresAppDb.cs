using MdcTts.Features.Transactions;
using MdcTts.Infrastructure.Database;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace MdcTts.Features;

/// <summary>PostgreSQL: any number of processes.</summary>
public sealed class PostgresAppDb(DbContextOptions<PostgresAppDb> options) : AppDb(options, new PostgresEngine())
{
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        // SQLite has a table of its own for this: see SearchIndex.
        modelBuilder.Entity<Transaction>().HasIndex(t => t.SearchText).HasMethod("gin").HasOperators("gin_trgm_ops");
        // SQLite reads changes by their ids, and would keep an index of nothing but zeros.
        modelBuilder.Entity<CountedChange>().HasIndex(c => c.Writer);
    }
}

internal sealed class PostgresDesign : IDesignTimeDbContextFactory<PostgresAppDb>
{
    public PostgresAppDb CreateDbContext(string[] args)
    {
        var options = new DbContextOptionsBuilder<PostgresAppDb>();
        DatabaseRegistration.Postgres(options, "Host=localhost;Database=design");
        return new(options.Options);
    }
}
