using Xunit;

namespace MdcTts.Support;

/// <summary>A test of what only SQLite has, such as a kept file of it. On PostgreSQL it counts as skipped.</summary>
public sealed class SqliteFactAttribute : FactAttribute
{
    public SqliteFactAttribute()
    {
        if (TestDatabase.IsPostgres)
            Skip = "Needs SQLite.";
    }
}
