using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MdcTts.Infrastructure.Database.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class ImportLeases : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "Lease",
                table: "Imports",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "Lease",
                table: "Imports");
        }
    }
}
