using MdcTts.Infrastructure.Database;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace MdcTts.Features;

/// <summary>SQLite: one file, one process, one writer at a time.</summary>
public sealed class SqliteAppDb(DbContextOptions<SqliteAppDb> options) : AppDb(options, new SqliteEngine());

internal sealed class SqliteDesign : IDesignTimeDbContextFactory<SqliteAppDb>
{
    public SqliteAppDb CreateDbContext(string[] args)
    {
        var options = new DbContextOptionsBuilder<SqliteAppDb>();
        DatabaseRegistration.Sqlite(options, "design.db");
        return new(options.Options);
    }
}
