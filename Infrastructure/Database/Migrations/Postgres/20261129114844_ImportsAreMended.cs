using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace MdcTts.Infrastructure.Database.Migrations.Postgres
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
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "ContinuesId",
                table: "Imports",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Corrections",
                table: "Imports",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Refusal",
                table: "Imports",
                type: "character varying(500)",
                maxLength: 500,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "ImportClients",
                columns: table => new
                {
                    ImportRunId = table.Column<int>(type: "integer", nullable: false),
                    ClientId = table.Column<int>(type: "integer", nullable: false)
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
                    Id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    UserId = table.Column<int>(type: "integer", nullable: true),
                    Field = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Name = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    Key = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    CreatedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
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
