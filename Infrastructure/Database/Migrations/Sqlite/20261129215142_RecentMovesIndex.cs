using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MdcTts.Infrastructure.Database.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class RecentMovesIndex : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_History_At",
                table: "History");

            migrationBuilder.CreateIndex(
                name: "IX_History_Kind_At_Id",
                table: "History",
                columns: new[] { "Kind", "At", "Id" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_History_Kind_At_Id",
                table: "History");

            migrationBuilder.CreateIndex(
                name: "IX_History_At",
                table: "History",
                column: "At");
        }
    }
}
