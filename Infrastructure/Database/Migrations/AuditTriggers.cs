using Microsoft.EntityFrameworkCore.Migrations;

namespace MdcTts.Infrastructure.Database.Migrations;

/// <summary>
/// What makes the audit log append-only, whoever writes: UPDATE and DELETE are refused, but for emptying the personal part of somebody whose erasure is written down.
/// A migration that rebuilds one of these tables (SQLite alters by copying) must call this again.
/// </summary>
public static class AuditTriggers
{
    private static readonly string[] Fixed = ["AuditSeals", "AuditErasures"];

    // Every column but the personal ones.
    private static readonly string[] Fields = ["Id", "At", "ActorId", "Action", "EntityType", "EntityKey", "Data", "SessionId", "RequestId", "Commitment"];

    public static void CreateOnSqlite(MigrationBuilder migration)
    {
        migration.Sql("""INSERT OR IGNORE INTO "AuditPending" ("EntryId") SELECT "Id" FROM "Audit" WHERE "Id" NOT IN (SELECT "EntryId" FROM "AuditSeals");""");
        migration.Sql("""CREATE TRIGGER "AuditQueued" AFTER INSERT ON "Audit" BEGIN INSERT INTO "AuditPending" ("EntryId") VALUES (new."Id"); END;""");
        migration.Sql("""CREATE TRIGGER "AuditKept" BEFORE DELETE ON "Audit" BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;""");
        UnchangedOnSqlite(migration, Fields);
        foreach (var table in Fixed)
            foreach (var verb in new[] { "UPDATE", "DELETE" })
                migration.Sql($"""CREATE TRIGGER "{table}No{verb}" BEFORE {verb} ON "{table}" BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;""");
    }

    public static void CreateOnPostgres(MigrationBuilder migration)
    {
        migration.Sql("""INSERT INTO "AuditPending" ("EntryId") SELECT "Id" FROM "Audit" WHERE "Id" NOT IN (SELECT "EntryId" FROM "AuditSeals") ON CONFLICT DO NOTHING;""");
        migration.Sql("""
            CREATE FUNCTION audit_queue() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO "AuditPending" ("EntryId") VALUES (new."Id"); RETURN NULL; END $$;
            CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$;
            """);
        UnchangedOnPostgres(migration, Fields);
        migration.Sql("""CREATE TRIGGER "AuditQueued" AFTER INSERT ON "Audit" FOR EACH ROW EXECUTE FUNCTION audit_queue();""");
        migration.Sql("""CREATE TRIGGER "AuditUnchanged" BEFORE UPDATE ON "Audit" FOR EACH ROW EXECUTE FUNCTION audit_unchanged();""");
        migration.Sql("""CREATE TRIGGER "AuditKept" BEFORE DELETE ON "Audit" FOR EACH ROW EXECUTE FUNCTION audit_refuse();""");
        foreach (var table in Fixed) migration.Sql($"""CREATE TRIGGER "{table}Kept" BEFORE UPDATE OR DELETE ON "{table}" FOR EACH ROW EXECUTE FUNCTION audit_refuse();""");
        foreach (var table in Fixed.Append("Audit")) migration.Sql($"""CREATE TRIGGER "{table}NotEmptied" BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();""");
    }

    /// <summary>Once there is the column Signature, it may not change either.</summary>
    public static void KeepSignaturesOnSqlite(MigrationBuilder migration)
    {
        migration.Sql("""DROP TRIGGER "AuditUnchanged";""");
        UnchangedOnSqlite(migration, [.. Fields, "Signature"]);
    }

    /// <inheritdoc cref="KeepSignaturesOnSqlite"/>
    public static void KeepSignaturesOnPostgres(MigrationBuilder migration) => UnchangedOnPostgres(migration, [.. Fields, "Signature"]);

    public static void ForgetSignaturesOnSqlite(MigrationBuilder migration)
    {
        migration.Sql("""DROP TRIGGER "AuditUnchanged";""");
        UnchangedOnSqlite(migration, Fields);
    }

    public static void ForgetSignaturesOnPostgres(MigrationBuilder migration) => UnchangedOnPostgres(migration, Fields);

    private static void UnchangedOnSqlite(MigrationBuilder migration, string[] fields) => migration.Sql($"""
        CREATE TRIGGER "AuditUnchanged" BEFORE UPDATE ON "Audit"
        WHEN {string.Join(" OR ", fields.Select(c => $"old.\"{c}\" IS NOT new.\"{c}\""))} OR new."Personal" IS NOT NULL OR new."Salt" IS NOT NULL
          OR NOT EXISTS (SELECT 1 FROM "AuditErasures" e WHERE e."UserId" = old."ActorId" OR (old."EntityType" = 'user' AND old."EntityKey" = CAST(e."UserId" AS TEXT)))
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
        """);

    private static void UnchangedOnPostgres(MigrationBuilder migration, string[] fields) => migration.Sql("""
        CREATE OR REPLACE FUNCTION audit_unchanged() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        """ + $"\nIF ({string.Join(", ", fields.Select(c => $"old.\"{c}\""))}) IS DISTINCT FROM ({string.Join(", ", fields.Select(c => $"new.\"{c}\""))})\n" + """
          OR new."Personal" IS NOT NULL OR new."Salt" IS NOT NULL
          OR NOT EXISTS (SELECT 1 FROM "AuditErasures" e WHERE e."UserId" = old."ActorId" OR (old."EntityType" = 'user' AND old."EntityKey" = e."UserId"::text))
        THEN RAISE EXCEPTION 'the audit log is append-only'; END IF;
        RETURN new; END $$;
        """);
}
