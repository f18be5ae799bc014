using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MdcTts.Infrastructure.Database.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class AuditSignatures : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<byte[]>(
                name: "Signature",
                table: "Audit",
                type: "BLOB",
                maxLength: 48,
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_Audit_Signature",
                table: "Audit",
                column: "Signature",
                unique: true);

            AuditTriggers.KeepSignaturesOnSqlite(migrationBuilder);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            AuditTriggers.ForgetSignaturesOnSqlite(migrationBuilder);

            migrationBuilder.DropIndex(
                name: "IX_Audit_Signature",
                table: "Audit");

            // Dropped by hand: EF would rebuild the table, and the triggers go with the old one.
            migrationBuilder.Sql("""ALTER TABLE "Audit" DROP COLUMN "Signature";""");
        }
    }
}
