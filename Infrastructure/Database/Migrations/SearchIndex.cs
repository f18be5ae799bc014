using Microsoft.EntityFrameworkCore.Migrations;

namespace MdcTts.Infrastructure.Database.Migrations;

/// <summary>
/// SQLite's trigram index over <c>Transactions.SearchText</c>, kept right by triggers. A migration that rebuilds the table (SQLite alters by copying)
/// must call <see cref="Create"/> again: the triggers go with the old table.
/// </summary>
public static class SearchIndex
{
    public static void Create(MigrationBuilder migration)
    {
        migration.Sql("""DROP TABLE IF EXISTS "TransactionSearch";""");
        migration.Sql("""CREATE VIRTUAL TABLE "TransactionSearch" USING fts5("SearchText", content='Transactions', content_rowid='Id', tokenize='trigram');""");
        migration.Sql("""
            CREATE TRIGGER "TransactionSearchInsert" AFTER INSERT ON "Transactions" BEGIN
              INSERT INTO "TransactionSearch"(rowid, "SearchText") VALUES (new."Id", new."SearchText");
            END;
            """);
        migration.Sql("""
            CREATE TRIGGER "TransactionSearchUpdate" AFTER UPDATE OF "SearchText" ON "Transactions" BEGIN
              INSERT INTO "TransactionSearch"("TransactionSearch", rowid, "SearchText") VALUES ('delete', old."Id", old."SearchText");
              INSERT INTO "TransactionSearch"(rowid, "SearchText") VALUES (new."Id", new."SearchText");
            END;
            """);
        migration.Sql("""
            CREATE TRIGGER "TransactionSearchDelete" AFTER DELETE ON "Transactions" BEGIN
              INSERT INTO "TransactionSearch"("TransactionSearch", rowid, "SearchText") VALUES ('delete', old."Id", old."SearchText");
            END;
            """);
        migration.Sql("""INSERT INTO "TransactionSearch"("TransactionSearch") VALUES ('rebuild');""");
    }
}
