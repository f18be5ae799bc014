using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MdcTts.Infrastructure.Database.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class ImportsAreMended : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Choices",
                table: "Imports",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "ContinuesId",
                table: "Imports",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Corrections",
                table: "Imports",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Refusal",
                table: "Imports",
                type: "TEXT",
                maxLength: 500,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "ImportClients",
                columns: table => new
                {
                    ImportRunId = table.Column<int>(type: "INTEGER", nullable: false),
                    ClientId = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ImportClients", x => new { x.ImportRunId, x.ClientId });
                    table.ForeignKey(
                        name: "FK_ImportClients_Clients_ClientId",
                        column: x => x.ClientId,
                        principalTable: "Clients",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_ImportClients_Imports_ImportRunId",
                        column: x => x.ImportRunId,
                        principalTable: "Imports",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "ImportSynonyms",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    UserId = table.Column<int>(type: "INTEGER", nullable: true),
                    Field = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Name = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    Key = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    CreatedAt = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ImportSynonyms", x => x.Id);
                    table.ForeignKey(
                        name: "FK_ImportSynonyms_Users_UserId",
                        column: x => x.UserId,
                        principalTable: "Users",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Imports_ContinuesId",
                table: "Imports",
                column: "ContinuesId");

            migrationBuilder.CreateIndex(
                name: "IX_ImportClients_ClientId",
                table: "ImportClients",
                column: "ClientId");

            migrationBuilder.CreateIndex(
                name: "IX_ImportSynonyms_UserId_Field_Name",
                table: "ImportSynonyms",
                columns: new[] { "UserId", "Field", "Name" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "ImportClients");

            migrationBuilder.DropTable(
                name: "ImportSynonyms");

            migrationBuilder.DropIndex(
                name: "IX_Imports_ContinuesId",
                table: "Imports");

            migrationBuilder.DropColumn(
                name: "Choices",
                table: "Imports");

            migrationBuilder.DropColumn(
                name: "ContinuesId",
                table: "Imports");

            migrationBuilder.DropColumn(
                name: "Corrections",
                table: "Imports");

            migrationBuilder.DropColumn(
                name: "Refusal",
                table: "Imports");
        }
    }
}
