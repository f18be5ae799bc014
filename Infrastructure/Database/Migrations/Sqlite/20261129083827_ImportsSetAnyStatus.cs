using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MdcTts.Infrastructure.Database.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class ImportsSetAnyStatus : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "SetsAnyStatus",
                table: "Imports",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "SetsAnyStatus",
                table: "Imports");
        }
    }
}
