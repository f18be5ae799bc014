using Microsoft.Data.Sqlite;
using Npgsql;

namespace MdcTts.Infrastructure.Database;

/// <summary>
/// Tells a write that the database refuses, because it is open for reading only, from other failures.
/// </summary>
public static class ReadOnlyDatabase
{
    private const int SqliteReadOnly = 8;

    /// <summary>True on both engines, however deep the cause is wrapped.</summary>
    public static bool IsReadOnlyDatabase(this Exception? failure) =>
        failure switch
        {
            null => false,
            SqliteException { SqliteErrorCode: SqliteReadOnly }
            or PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } => true,
            _ => failure.InnerException.IsReadOnlyDatabase(),
        };
}
