using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MdcTts.Infrastructure.Database.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class BoundSignIns : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "HasGivenPassword",
                table: "Users",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<DateTime>(
                name: "SignedInAt",
                table: "AccessTokens",
                type: "TEXT",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            // Dropped by hand: EF would rebuild the table, and the triggers of its data mark go with the old one.
            migrationBuilder.Sql("""ALTER TABLE "Users" DROP COLUMN "HasGivenPassword";""");

            migrationBuilder.DropColumn(
                name: "SignedInAt",
                table: "AccessTokens");
        }
    }
}
