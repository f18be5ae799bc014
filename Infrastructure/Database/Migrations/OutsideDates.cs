using Microsoft.EntityFrameworkCore.Migrations;

namespace MdcTts.Infrastructure.Database.Migrations;

/// <summary>Fills the date that people outside the firm see, and keeps it right where the version before this one writes.</summary>
/// <remarks>As with <see cref="Meanings"/>, a later version drops the triggers.</remarks>
public static class OutsideDates
{
    // Kinds 0 and 1: created, imported; 2: a move.
    private const string Fill = """
        UPDATE "Transactions" SET "OutsideUpdatedAt" = coalesce(
          (SELECT max(h."At") FROM "History" h
           WHERE h."TransactionId" = "Transactions"."Id"
             AND (h."Kind" IN (0, 1) OR (h."Kind" = 2 AND h."ToMeaning" <> 'Draft'))),
          "CreatedAt");
        """;

    public static void FillOnSqlite(MigrationBuilder migration)
    {
        migration.Sql(Fill);
        migration.Sql(
            """
            CREATE TRIGGER "TransactionOutsideInsert" AFTER INSERT ON "Transactions"
            WHEN new."OutsideUpdatedAt" < '1900' BEGIN
              UPDATE "Transactions" SET "OutsideUpdatedAt" = new."CreatedAt" WHERE "Id" = new."Id";
            END;
            """
        );
        migration.Sql(
            """
            CREATE TRIGGER "TransactionOutsideUpdate" AFTER UPDATE OF "Status" ON "Transactions"
            WHEN new."Status" <> old."Status" AND new."Meaning" <> 'Draft'
              AND new."OutsideUpdatedAt" = old."OutsideUpdatedAt" AND new."UpdatedAt" <> old."UpdatedAt" BEGIN
              UPDATE "Transactions" SET "OutsideUpdatedAt" = new."UpdatedAt" WHERE "Id" = new."Id";
            END;
            """
        );
    }

    public static void FillOnPostgres(MigrationBuilder migration)
    {
        migration.Sql(Fill);
        migration.Sql(
            """
            CREATE FUNCTION transaction_outside_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
              new."OutsideUpdatedAt" := new."CreatedAt";
              RETURN new;
            END $$;
            CREATE FUNCTION transaction_outside_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
              new."OutsideUpdatedAt" := new."UpdatedAt";
              RETURN new;
            END $$;
            CREATE TRIGGER "TransactionOutsideInsert" BEFORE INSERT ON "Transactions" FOR EACH ROW
            WHEN (new."OutsideUpdatedAt" < '1900-01-01') EXECUTE FUNCTION transaction_outside_insert();
            CREATE TRIGGER "TransactionOutsideUpdate" BEFORE UPDATE OF "Status" ON "Transactions" FOR EACH ROW
            WHEN (new."Status" <> old."Status" AND new."Meaning" <> 'Draft'
              AND new."OutsideUpdatedAt" = old."OutsideUpdatedAt" AND new."UpdatedAt" <> old."UpdatedAt")
            EXECUTE FUNCTION transaction_outside_update();
            """
        );
    }

    public static void UndoOnSqlite(MigrationBuilder migration)
    {
        migration.Sql("""DROP TRIGGER "TransactionOutsideInsert";""");
        migration.Sql("""DROP TRIGGER "TransactionOutsideUpdate";""");
    }

    public static void UndoOnPostgres(MigrationBuilder migration)
    {
        migration.Sql("""DROP TRIGGER "TransactionOutsideInsert" ON "Transactions";""");
        migration.Sql("""DROP TRIGGER "TransactionOutsideUpdate" ON "Transactions";""");
        migration.Sql("DROP FUNCTION transaction_outside_insert(), transaction_outside_update();");
    }
}
