using MdcTts.Features.Transactions;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Text;
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
        // Sign by sign, as SQLite compares texts by itself; the server's language would weigh letters in its own way.
        foreach (
            var named in modelBuilder
                .Model.GetEntityTypes()
                .Where(t => typeof(IInNameOrder).IsAssignableFrom(t.ClrType))
        )
        foreach (var key in new[] { nameof(IInNameOrder.OrderEn), nameof(IInNameOrder.OrderAr) })
            modelBuilder.Entity(named.ClrType).Property(key).UseCollation("C");
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
