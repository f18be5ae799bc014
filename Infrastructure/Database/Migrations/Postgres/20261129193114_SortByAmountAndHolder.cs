using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MdcTts.Infrastructure.Database.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class SortByAmountAndHolder : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "IX_Transactions_AmountMinor_Id",
                table: "Transactions",
                columns: new[] { "AmountMinor", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Transactions_HolderKind_HolderName_Id",
                table: "Transactions",
                columns: new[] { "HolderKind", "HolderName", "Id" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Transactions_AmountMinor_Id",
                table: "Transactions");

            migrationBuilder.DropIndex(
                name: "IX_Transactions_HolderKind_HolderName_Id",
                table: "Transactions");
        }
    }
}
