using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Migrations;

namespace MdcTts.Infrastructure.Database;

/// <summary>
/// The sum of a name's rows is different after every commit that touched the tables under that name: equal sums mean
/// equal answers, in every process. Triggers of the database keep it, so no statement can forget it.
/// </summary>
/// <remarks>
/// One row would make all writers of PostgreSQL wait for each other. A writer takes any row that no other writer holds,
/// and adds one when all are taken.
/// </remarks>
public sealed class DataMark
{
    /// <summary>What lists, dashboards and choices show.</summary>
    public const string Register = "register";

    /// <summary>
    /// Clients, projects and people, which change seldom: what forms and filters offer. And whether imports wait, for
    /// the numbers of the navigation.
    /// </summary>
    public const string Directory = "directory";

    /// <summary>The entries of the audit log.</summary>
    public const string Audit = "audit";

    private static readonly string[] Verbs = ["INSERT", "UPDATE", "DELETE"];

    public int Id { get; init; }
    public string Name { get; init; } = "";
    public long Value { get; init; }

    /// <summary>Makes the database keep a mark for tables; for migrations.</summary>
    public static void Watch(MigrationBuilder migration, string name, params ReadOnlySpan<string> tables)
    {
        foreach (var table in tables)
        {
            if (IsPostgres(migration))
                migration.Sql(PostgresTrigger(table, name));
            else
                foreach (var verb in Verbs)
                    migration.Sql(SqliteTrigger(table, name, verb));
        }
    }

    /// <summary>The same for one column of a table whose other columns change all the time.</summary>
    public static void WatchColumn(MigrationBuilder migration, string name, string table, string column)
    {
        if (IsPostgres(migration))
            migration.Sql(
                PostgresTrigger(table, name).Replace("INSERT OR UPDATE", $"INSERT OR UPDATE OF \"{column}\"")
            );
        else
            foreach (var verb in Verbs)
                migration.Sql(
                    SqliteTrigger(table, name, verb).Replace("AFTER UPDATE", $"AFTER UPDATE OF \"{column}\"")
                );
    }

    /// <summary>Undoes <see cref="Watch"/>, before the table of marks is dropped.</summary>
    public static void Unwatch(MigrationBuilder migration, params ReadOnlySpan<string> tables) =>
        Unwatch(migration, Register, tables);

    /// <summary>The same for one of several marks.</summary>
    public static void Unwatch(MigrationBuilder migration, string name, ReadOnlySpan<string> tables)
    {
        foreach (var table in tables)
        {
            if (IsPostgres(migration))
                migration.Sql($"""DROP TRIGGER "Mark_{table}{SuffixOf(name)}" ON "{table}";""");
            else
                foreach (var verb in Verbs)
                    migration.Sql($"""DROP TRIGGER "Mark_{table}_{verb}{SuffixOf(name)}";""");
        }
    }

    /// <summary>The function that <see cref="Watch"/> needs on PostgreSQL; for the first migration with it.</summary>
    public static void CreatePostgresFunction(MigrationBuilder migration) =>
        // Once a database transaction is enough. A setting of the transaction remembers that, and forgets it with a
        // rollback.
        migration.Sql(
            """
            CREATE FUNCTION mark_data() RETURNS trigger LANGUAGE plpgsql AS $$
            DECLARE
              marked text := 'mdc.marked_' || TG_ARGV[0];
              xact text := pg_current_xact_id()::text;
            BEGIN
              IF current_setting(marked, true) IS DISTINCT FROM xact THEN
                PERFORM set_config(marked, xact, true);
                UPDATE "DataMarks" SET "Value" = "Value" + 1 WHERE "Id" =
                  (SELECT "Id" FROM "DataMarks" WHERE "Name" = TG_ARGV[0] LIMIT 1 FOR UPDATE SKIP LOCKED);
                IF NOT FOUND THEN
                  INSERT INTO "DataMarks" ("Name", "Value") VALUES (TG_ARGV[0], 1);
                END IF;
              END IF;
              RETURN NULL;
            END $$;
            """
        );

    // Those that came later stand beside the first.
    private static string SuffixOf(string name) => name == Directory ? "_" + name : "";

    private static bool IsPostgres(MigrationBuilder migration) =>
        migration.ActiveProvider == "Npgsql.EntityFrameworkCore.PostgreSQL";

    private static string PostgresTrigger(string table, string name) =>
        $"""
            CREATE TRIGGER "Mark_{table}{SuffixOf(name)}" AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "{table}"
            FOR EACH STATEMENT EXECUTE FUNCTION mark_data('{name}');
            """;

    private static string SqliteTrigger(string table, string name, string verb) =>
        $"""
            CREATE TRIGGER "Mark_{table}_{verb}{SuffixOf(name)}" AFTER {verb} ON "{table}"
            BEGIN
              UPDATE "DataMarks" SET "Value" = "Value" + 1 WHERE "Name" = '{name}';
            END;
            """;
}

internal sealed class DataMarkConfiguration : IEntityTypeConfiguration<DataMark>
{
    public void Configure(EntityTypeBuilder<DataMark> t)
    {
        t.ToTable("DataMarks");
        t.Property(x => x.Name).HasMaxLength(20);
    }
}
