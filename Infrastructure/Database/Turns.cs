using Microsoft.EntityFrameworkCore;

namespace MdcTts.Infrastructure.Database;

/// <summary>
/// What only one process at a time does. The numbers are known to PostgreSQL only, as names of its advisory locks.
/// </summary>
public enum Turn
{
    FirstAdmin = 4471,
    Reminders = 4472,
    Anchor = 4473,
    Sealing = 4474,
    Jobs = 4475,
}

/// <summary>
/// Takes a turn inside <see cref="EngineDb.BeginWrite"/>; the end of that transaction gives it back. On SQLite the turn
/// to write is every turn.
/// </summary>
public static class Turns
{
    /// <summary>Waits for it.</summary>
    public static Task TakeTurn(this EngineDb db, Turn turn, CancellationToken stop) =>
        db.IsSqlite
            ? Task.CompletedTask
            : db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({(long)turn})", stop);

    /// <summary>False when another process has it.</summary>
    public static async Task<bool> TryTurn(this EngineDb db, Turn turn, CancellationToken stop) =>
        db.IsSqlite
        || await db
            .Database.SqlQuery<bool>($"""SELECT pg_try_advisory_xact_lock({(long)turn}) AS "Value" """)
            .SingleAsync(stop);
}
