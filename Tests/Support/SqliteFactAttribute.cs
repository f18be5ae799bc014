using Xunit;

namespace MdcTts.Support;

/// <summary>A test of what only SQLite has, such as a kept file of one. On PostgreSQL it is reported as skipped.</summary>
public sealed class SqliteFactAttribute : FactAttribute
{
    public SqliteFactAttribute()
    {
        if (TestDatabase.IsPostgres)
            Skip = "Needs SQLite.";
    }
}
