using Xunit;

namespace MdcTts.Support;

/// <summary>
/// A test of what only PostgreSQL has, such as a second process on one database. On SQLite it is reported as skipped.
/// </summary>
public sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute()
    {
        if (!TestDatabase.IsPostgres)
            Skip = "Needs PostgreSQL.";
    }
}
