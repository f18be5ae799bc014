using Microsoft.EntityFrameworkCore.Migrations;

namespace MdcTts.Infrastructure.Database;

/// <summary>
/// Makes the database note some columns of each row that is added, changed or removed: as they were, with a
/// <c>Sign</c> of −1, and as they are, with 1. <c>Writer</c> is the database transaction on PostgreSQL and 0 on SQLite.
/// </summary>
public static class RowChanges
{
    private static readonly string[] Verbs = ["INSERT", "UPDATE", "DELETE"];

    /// <summary>For migrations; again after SQLite made the table anew.</summary>
    /// <param name="migration">Of one of the two engines.</param>
    /// <param name="table">Whose rows.</param>
    /// <param name="into">A table with <c>Writer</c>, <c>Sign</c> and the columns.</param>
    /// <param name="columns">Of the same name in both.</param>
    public static void Record(
        MigrationBuilder migration,
        string table,
        string into,
        params IReadOnlyList<string> columns
    )
    {
        if (IsPostgres(migration))
            RecordOnPostgres(migration, table, into, columns);
        else
            RecordOnSqlite(migration, table, into, columns);
    }

    /// <summary>Undoes <see cref="Record"/>, before the table of changes is dropped.</summary>
    public static void Forget(MigrationBuilder migration, string table)
    {
        foreach (var verb in Verbs)
            migration.Sql(
                $"""DROP TRIGGER "Change_{table}_{verb}"{(IsPostgres(migration) ? $" ON \"{table}\"" : "")};"""
            );
        if (IsPostgres(migration))
            migration.Sql($"""DROP FUNCTION "change_{table}"();""");
    }

    private static bool IsPostgres(MigrationBuilder migration) =>
        migration.ActiveProvider == "Npgsql.EntityFrameworkCore.PostgreSQL";

    private static string Named(IEnumerable<string> columns, string prefix = "") =>
        string.Join(", ", columns.Select(c => $"{prefix}\"{c}\""));

    private static void RecordOnSqlite(
        MigrationBuilder migration,
        string table,
        string into,
        IReadOnlyList<string> columns
    )
    {
        foreach (var verb in Verbs)
        {
            var before = verb == "INSERT" ? "" : Insert("OLD", -1);
            var since = verb == "DELETE" ? "" : Insert("NEW", 1);
            migration.Sql(
                $"""CREATE TRIGGER "Change_{table}_{verb}" AFTER {verb} ON "{table}" BEGIN {before}{since} END;"""
            );
        }

        string Insert(string row, int sign) =>
            $"""
                INSERT INTO "{into}" ("Writer", "Sign", {Named(columns)}) VALUES (0, {sign}, {Named(
                    columns,
                    row + "."
                )});
                """;
    }

    private static void RecordOnPostgres(
        MigrationBuilder migration,
        string table,
        string into,
        IReadOnlyList<string> columns
    )
    {
        var names = Named(columns);
        migration.Sql(
            $"""
            CREATE FUNCTION "change_{table}"() RETURNS trigger LANGUAGE plpgsql AS $$
            DECLARE
              writer bigint := pg_current_xact_id()::text::bigint;
            BEGIN
              IF TG_OP <> 'INSERT' THEN
                INSERT INTO "{into}" ("Writer", "Sign", {names}) SELECT writer, -1, {names} FROM before;
              END IF;
              IF TG_OP <> 'DELETE' THEN
                INSERT INTO "{into}" ("Writer", "Sign", {names}) SELECT writer, 1, {names} FROM since;
              END IF;
              RETURN NULL;
            END $$;
            """
        );
        On("INSERT", "NEW TABLE AS since");
        On("UPDATE", "OLD TABLE AS before NEW TABLE AS since");
        On("DELETE", "OLD TABLE AS before");

        void On(string verb, string tables) =>
            migration.Sql(
                $"""
                CREATE TRIGGER "Change_{table}_{verb}" AFTER {verb} ON "{table}" REFERENCING {tables}
                FOR EACH STATEMENT EXECUTE FUNCTION "change_{table}"();
                """
            );
    }
}
