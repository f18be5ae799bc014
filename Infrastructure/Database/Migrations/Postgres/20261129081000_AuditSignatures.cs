using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MdcTts.Infrastructure.Database.Migrations.Postgres
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
                type: "bytea",
                maxLength: 48,
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_Audit_Signature",
                table: "Audit",
                column: "Signature",
                unique: true);

            AuditTriggers.KeepSignaturesOnPostgres(migrationBuilder);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            AuditTriggers.ForgetSignaturesOnPostgres(migrationBuilder);

            migrationBuilder.DropIndex(
                name: "IX_Audit_Signature",
                table: "Audit");

            migrationBuilder.DropColumn(
                name: "Signature",
                table: "Audit");
        }
    }
}
