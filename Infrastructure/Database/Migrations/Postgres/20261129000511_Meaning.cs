using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MdcTts.Infrastructure.Database.Migrations.Postgres
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
                type: "character varying(10)",
                maxLength: 10,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "Meaning",
                table: "WorkflowMoves",
                type: "character varying(10)",
                maxLength: 10,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Meaning",
                table: "Transactions",
                type: "character varying(10)",
                maxLength: 10,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "ToMeaning",
                table: "History",
                type: "character varying(10)",
                maxLength: 10,
                nullable: true);

            Meanings.Fill(migrationBuilder);

            migrationBuilder.CreateIndex(
                name: "IX_Transactions_Meaning_DueDate",
                table: "Transactions",
                columns: new[] { "Meaning", "DueDate" });

            Meanings.WatchOnPostgres(migrationBuilder);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            Meanings.UnwatchOnPostgres(migrationBuilder);

            migrationBuilder.DropIndex(
                name: "IX_Transactions_Meaning_DueDate",
                table: "Transactions");

            migrationBuilder.DropColumn(
                name: "Meaning",
                table: "WorkflowStatuses");

            migrationBuilder.DropColumn(
                name: "Meaning",
                table: "WorkflowMoves");

            migrationBuilder.DropColumn(
                name: "Meaning",
                table: "Transactions");

            migrationBuilder.DropColumn(
                name: "ToMeaning",
                table: "History");
        }
    }
}
