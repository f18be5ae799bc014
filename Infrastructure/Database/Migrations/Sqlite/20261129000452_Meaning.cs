using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MdcTts.Infrastructure.Database.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Meaning : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Meaning",
                table: "WorkflowStatuses",
                type: "TEXT",
                maxLength: 10,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "Meaning",
                table: "WorkflowMoves",
                type: "TEXT",
                maxLength: 10,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Meaning",
                table: "Transactions",
                type: "TEXT",
                maxLength: 10,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "ToMeaning",
                table: "History",
                type: "TEXT",
                maxLength: 10,
                nullable: true);

            Meanings.Fill(migrationBuilder);

            migrationBuilder.CreateIndex(
                name: "IX_Transactions_Meaning_DueDate",
                table: "Transactions",
                columns: new[] { "Meaning", "DueDate" });

            Meanings.WatchOnSqlite(migrationBuilder);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            Meanings.UnwatchOnSqlite(migrationBuilder);

            migrationBuilder.DropIndex(
                name: "IX_Transactions_Meaning_DueDate",
                table: "Transactions");

            // Dropped by hand: EF would rebuild the tables, and the triggers of the search go with the old ones.
            migrationBuilder.Sql("""ALTER TABLE "WorkflowStatuses" DROP COLUMN "Meaning";""");
            migrationBuilder.Sql("""ALTER TABLE "WorkflowMoves" DROP COLUMN "Meaning";""");
            migrationBuilder.Sql("""ALTER TABLE "Transactions" DROP COLUMN "Meaning";""");
            migrationBuilder.Sql("""ALTER TABLE "History" DROP COLUMN "ToMeaning";""");
        }
    }
}
