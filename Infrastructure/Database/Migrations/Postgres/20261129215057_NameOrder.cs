using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MdcTts.Infrastructure.Database.Migrations.Postgres
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
                type: "character varying(100)",
                maxLength: 100,
                nullable: false,
                defaultValue: "",
                collation: "C");

            migrationBuilder.AddColumn<string>(
                name: "OrderEn",
                table: "Users",
                type: "character varying(100)",
                maxLength: 100,
                nullable: false,
                defaultValue: "",
                collation: "C");

            migrationBuilder.AddColumn<string>(
                name: "OrderAr",
                table: "Projects",
                type: "character varying(100)",
                maxLength: 100,
                nullable: false,
                defaultValue: "",
                collation: "C");

            migrationBuilder.AddColumn<string>(
                name: "OrderEn",
                table: "Projects",
                type: "character varying(100)",
                maxLength: 100,
                nullable: false,
                defaultValue: "",
                collation: "C");

            migrationBuilder.AddColumn<string>(
                name: "OrderAr",
                table: "Clients",
                type: "character varying(100)",
                maxLength: 100,
                nullable: false,
                defaultValue: "",
                collation: "C");

            migrationBuilder.AddColumn<string>(
                name: "OrderEn",
                table: "Clients",
                type: "character varying(100)",
                maxLength: 100,
                nullable: false,
                defaultValue: "",
                collation: "C");

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

            migrationBuilder.DropColumn(
                name: "OrderAr",
                table: "Users");

            migrationBuilder.DropColumn(
                name: "OrderEn",
                table: "Users");

            migrationBuilder.DropColumn(
                name: "OrderAr",
                table: "Projects");

            migrationBuilder.DropColumn(
                name: "OrderEn",
                table: "Projects");

            migrationBuilder.DropColumn(
                name: "OrderAr",
                table: "Clients");

            migrationBuilder.DropColumn(
                name: "OrderEn",
                table: "Clients");
        }
    }
}
