using Microsoft.Data.Sqlite;
using Npgsql;

namespace MdcTts.Infrastructure.Database;

/// <summary>
/// Tells a write for which there is no space from other failures: nothing is wrong with what was sent.
/// </summary>
public static class FullStorage
{
    private const int SqliteFull = 13;
    private const int NoSpaceOnDevice = 28;
    private const int DiskFull = unchecked((int)0x80070070);

    /// <summary>True on both engines and for files, however deep the cause is wrapped.</summary>
    public static bool IsFullStorage(this Exception? failure) =>
        failure switch
        {
            null => false,
            SqliteException { SqliteErrorCode: SqliteFull }
            or PostgresException { SqlState: PostgresErrorCodes.DiskFull }
            or IOException { HResult: NoSpaceOnDevice or DiskFull } => true,
            _ => failure.InnerException.IsFullStorage(),
        };
}
