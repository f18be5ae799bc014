using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MdcTts.Infrastructure.Database.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class NameOrder : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "OrderAr",
                table: "Users",
                type: "TEXT",
                maxLength: 100,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "OrderEn",
                table: "Users",
                type: "TEXT",
                maxLength: 100,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "OrderAr",
                table: "Projects",
                type: "TEXT",
                maxLength: 100,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "OrderEn",
                table: "Projects",
                type: "TEXT",
                maxLength: 100,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "OrderAr",
                table: "Clients",
                type: "TEXT",
                maxLength: 100,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "OrderEn",
                table: "Clients",
                type: "TEXT",
                maxLength: 100,
                nullable: false,
                defaultValue: "");

            migrationBuilder.FillNameOrder("Users", "FullName");
            migrationBuilder.FillNameOrder("Clients", "NameEn");
            migrationBuilder.FillNameOrder("Projects", "NameEn");

            migrationBuilder.CreateIndex(
                name: "IX_Users_OrderAr",
                table: "Users",
                column: "OrderAr");

            migrationBuilder.CreateIndex(
                name: "IX_Users_OrderEn",
                table: "Users",
                column: "OrderEn");

            migrationBuilder.CreateIndex(
                name: "IX_Projects_OrderAr",
                table: "Projects",
                column: "OrderAr");

            migrationBuilder.CreateIndex(
                name: "IX_Projects_OrderEn",
                table: "Projects",
                column: "OrderEn");

            migrationBuilder.CreateIndex(
                name: "IX_Clients_OrderAr",
                table: "Clients",
                column: "OrderAr");

            migrationBuilder.CreateIndex(
                name: "IX_Clients_OrderEn",
                table: "Clients",
                column: "OrderEn");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Users_OrderAr",
                table: "Users");

            migrationBuilder.DropIndex(
                name: "IX_Users_OrderEn",
                table: "Users");

            migrationBuilder.DropIndex(
                name: "IX_Projects_OrderAr",
                table: "Projects");

            migrationBuilder.DropIndex(
                name: "IX_Projects_OrderEn",
                table: "Projects");

            migrationBuilder.DropIndex(
                name: "IX_Clients_OrderAr",
                table: "Clients");

            migrationBuilder.DropIndex(
                name: "IX_Clients_OrderEn",
                table: "Clients");

            // Not DropColumn, which makes the table anew and loses its triggers.
            foreach (var table in new[] { "Users", "Projects", "Clients" })
            {
                migrationBuilder.Sql($"""ALTER TABLE "{table}" DROP COLUMN "OrderAr";""");
                migrationBuilder.Sql($"""ALTER TABLE "{table}" DROP COLUMN "OrderEn";""");
            }
        }
    }
}
