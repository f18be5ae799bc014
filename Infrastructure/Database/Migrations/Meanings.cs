using Microsoft.EntityFrameworkCore.Migrations;

namespace MdcTts.Infrastructure.Database.Migrations;

/// <summary>What the migration that brings meanings does beyond adding columns: fill them, keep them right.</summary>
public static class Meanings
{
    // Only a script could have changed the workflow until now. What it added as an end counts as done, because
    // "cancelled" was the only other end that the code knew; the initial status is a draft, and the rest is open.
    private const string OfStatus = """
        CASE
          WHEN {0}"IsEnd" AND {0}"Key" = 'cancelled' THEN 'Dropped'
          WHEN {0}"IsEnd" THEN 'Done'
          WHEN {0}"IsInitial" OR {0}"Key" = 'draft' THEN 'Draft'
          WHEN {0}"Key" IN ('payment_pending', 'on_hold') THEN 'Waiting'
          ELSE 'Open' END
        """;

    // A status that has left the workflow has no way out, so it is an end.
    private const string OfKey = """
        coalesce((SELECT s."Meaning" FROM "WorkflowStatuses" s WHERE s."Key" = {0}), 'Done')
        """;

    /// <summary>Gives every status, move, transaction and line of the history its meaning.</summary>
    public static void Fill(MigrationBuilder migration)
    {
        migration.Sql($"""UPDATE "WorkflowStatuses" SET "Meaning" = {string.Format(null, OfStatus, "")};""");
        migration.Sql(
            """
            UPDATE "WorkflowMoves" SET "Meaning" = CASE
              WHEN "From" = 'draft' AND "To" = 'submitted' THEN 'Submit'
              WHEN "From" = 'under_review' AND "To" = 'approved' THEN 'Approve'
              WHEN "From" = 'payment_pending' AND "To" = 'paid' THEN 'Pay' END;
            """
        );
        migration.Sql(
            $"""UPDATE "Transactions" SET "Meaning" = {Of("\"Transactions\".\"Status\"")};"""
        );
        migration.Sql(
            $"""UPDATE "History" SET "ToMeaning" = {Of("\"History\".\"ToStatus\"")} WHERE "ToStatus" IS NOT NULL;"""
        );
    }

    /// <summary>
    /// Sets the meaning wherever the version before this one writes, which does not know the columns: beside this one
    /// while replicas are replaced, or after going back to it.
    /// </summary>
    /// <remarks>
    /// A migration that rebuilds one of these tables (SQLite alters by copying) must call this again. A later version
    /// drops the triggers.
    /// </remarks>
    public static void WatchOnSqlite(MigrationBuilder migration)
    {
        migration.Sql(
            $"""
            CREATE TRIGGER "StatusMeaningInsert" AFTER INSERT ON "WorkflowStatuses" WHEN new."Meaning" = '' BEGIN
              UPDATE "WorkflowStatuses" SET "Meaning" = {string.Format(null, OfStatus, "")} WHERE "Key" = new."Key";
            END;
            """
        );
        migration.Sql(
            $"""
            CREATE TRIGGER "TransactionMeaningInsert" AFTER INSERT ON "Transactions" WHEN new."Meaning" = '' BEGIN
              UPDATE "Transactions" SET "Meaning" = {Of("new.\"Status\"")} WHERE "Id" = new."Id";
            END;
            """
        );
        migration.Sql(
            $"""
            CREATE TRIGGER "TransactionMeaningUpdate" AFTER UPDATE OF "Status" ON "Transactions"
            WHEN new."Status" <> old."Status" AND new."Meaning" = old."Meaning"
              AND new."Meaning" <> {Of("new.\"Status\"")}
            BEGIN
              UPDATE "Transactions" SET "Meaning" = {Of("new.\"Status\"")} WHERE "Id" = new."Id";
            END;
            """
        );
        migration.Sql(
            $"""
            CREATE TRIGGER "HistoryMeaningInsert" AFTER INSERT ON "History"
            WHEN new."ToStatus" IS NOT NULL AND new."ToMeaning" IS NULL BEGIN
              UPDATE "History" SET "ToMeaning" = {Of("new.\"ToStatus\"")} WHERE "Id" = new."Id";
            END;
            """
        );
    }

    /// <inheritdoc cref="WatchOnSqlite"/>
    public static void WatchOnPostgres(MigrationBuilder migration)
    {
        migration.Sql(
            $"""
            CREATE FUNCTION status_meaning() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
              new."Meaning" := {string.Format(null, OfStatus, "new.")};
              RETURN new;
            END $$;
            CREATE FUNCTION transaction_meaning() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
              new."Meaning" := {Of("new.\"Status\"")};
              RETURN new;
            END $$;
            CREATE FUNCTION history_meaning() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
              new."ToMeaning" := {Of("new.\"ToStatus\"")};
              RETURN new;
            END $$;
            """
        );
        migration.Sql(
            """
            CREATE TRIGGER "StatusMeaningInsert" BEFORE INSERT ON "WorkflowStatuses" FOR EACH ROW
            WHEN (new."Meaning" = '') EXECUTE FUNCTION status_meaning();
            CREATE TRIGGER "TransactionMeaningInsert" BEFORE INSERT ON "Transactions" FOR EACH ROW
            WHEN (new."Meaning" = '') EXECUTE FUNCTION transaction_meaning();
            CREATE TRIGGER "TransactionMeaningUpdate" BEFORE UPDATE OF "Status" ON "Transactions" FOR EACH ROW
            WHEN (new."Status" <> old."Status" AND new."Meaning" = old."Meaning")
            EXECUTE FUNCTION transaction_meaning();
            CREATE TRIGGER "HistoryMeaningInsert" BEFORE INSERT ON "History" FOR EACH ROW
            WHEN (new."ToStatus" IS NOT NULL AND new."ToMeaning" IS NULL) EXECUTE FUNCTION history_meaning();
            """
        );
    }

    public static void UnwatchOnSqlite(MigrationBuilder migration)
    {
        // A later migration that was undone may have rebuilt the tables, and the triggers went with the old ones.
        migration.Sql("""DROP TRIGGER IF EXISTS "StatusMeaningInsert";""");
        migration.Sql("""DROP TRIGGER IF EXISTS "TransactionMeaningInsert";""");
        migration.Sql("""DROP TRIGGER IF EXISTS "TransactionMeaningUpdate";""");
        migration.Sql("""DROP TRIGGER IF EXISTS "HistoryMeaningInsert";""");
    }

    public static void UnwatchOnPostgres(MigrationBuilder migration)
    {
        migration.Sql("""DROP TRIGGER "StatusMeaningInsert" ON "WorkflowStatuses";""");
        migration.Sql("""DROP TRIGGER "TransactionMeaningInsert" ON "Transactions";""");
        migration.Sql("""DROP TRIGGER "TransactionMeaningUpdate" ON "Transactions";""");
        migration.Sql("""DROP TRIGGER "HistoryMeaningInsert" ON "History";""");
        migration.Sql("DROP FUNCTION status_meaning(), transaction_meaning(), history_meaning();");
    }

    private static string Of(string key) => string.Format(null, OfKey, key);
}
