using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace MdcTts.Infrastructure.Database.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class ExistingRows : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Existing",
                table: "Imports",
                type: "character varying(10)",
                maxLength: 10,
                nullable: false,
                defaultValue: "Skip");

            migrationBuilder.AddColumn<int>(
                name: "Found",
                table: "Imports",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "Hash",
                table: "Imports",
                type: "character varying(64)",
                maxLength: 64,
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "Skipped",
                table: "Imports",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "Updated",
                table: "Imports",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.CreateTable(
                name: "ImportMatches",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    ImportRunId = table.Column<int>(type: "integer", nullable: false),
                    Row = table.Column<int>(type: "integer", nullable: false),
                    TransactionId = table.Column<int>(type: "integer", nullable: false),
                    By = table.Column<string>(type: "character varying(10)", maxLength: 10, nullable: false),
                    Changes = table.Column<string>(type: "text", nullable: false),
                    Before = table.Column<string>(type: "text", nullable: true),
                    Version = table.Column<int>(type: "integer", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ImportMatches", x => x.Id);
                    table.ForeignKey(
                        name: "FK_ImportMatches_Imports_ImportRunId",
                        column: x => x.ImportRunId,
                        principalTable: "Imports",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_ImportMatches_Transactions_TransactionId",
                        column: x => x.TransactionId,
                        principalTable: "Transactions",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Imports_Hash",
                table: "Imports",
                column: "Hash");

            migrationBuilder.CreateIndex(
                name: "IX_ImportMatches_ImportRunId_Row",
                table: "ImportMatches",
                columns: new[] { "ImportRunId", "Row" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_ImportMatches_TransactionId",
                table: "ImportMatches",
                column: "TransactionId");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "ImportMatches");

            migrationBuilder.DropIndex(
                name: "IX_Imports_Hash",
                table: "Imports");

            migrationBuilder.DropColumn(
                name: "Existing",
                table: "Imports");

            migrationBuilder.DropColumn(
                name: "Found",
                table: "Imports");

            migrationBuilder.DropColumn(
                name: "Hash",
                table: "Imports");

            migrationBuilder.DropColumn(
                name: "Skipped",
                table: "Imports");

            migrationBuilder.DropColumn(
                name: "Updated",
                table: "Imports");
        }
    }
}
