using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace MdcTts.Infrastructure.Database;

/// <summary>Tells a broken unique index from other failures, on both engines.</summary>
public static class UniqueViolation
{
    private const int SqliteUnique = 2067;

    /// <summary>True when somebody else holds the same value.</summary>
    public static bool IsUniqueViolation(this DbUpdateException failure) =>
        failure.InnerException
            is SqliteException { SqliteExtendedErrorCode: SqliteUnique }
                or PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };
}
