using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace MdcTts.Infrastructure.Database.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class CountChanges : Migration
    {
        private static readonly string[] Columns =
        [
            "Type",
            "Category",
            "Department",
            "Priority",
            "Status",
            "Meaning",
            "ClientId",
            "ProjectId",
            "CreatedById",
            "AssigneeId",
            "HolderKind",
            "DueDate",
            "CreatedAt",
            "UpdatedAt",
            "OutsideUpdatedAt",
            "SubmittedAt",
            "CompletedAt",
            "DeletedAt",
            "ImportId",
        ];

        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "TransactionChanges",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Writer = table.Column<long>(type: "bigint", nullable: false),
                    Sign = table.Column<int>(type: "integer", nullable: false),
                    Type = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    Category = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: true),
                    Department = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: true),
                    Priority = table.Column<int>(type: "integer", nullable: false),
                    Status = table.Column<string>(type: "character varying(30)", maxLength: 30, nullable: false),
                    Meaning = table.Column<string>(type: "character varying(10)", maxLength: 10, nullable: false),
                    ClientId = table.Column<int>(type: "integer", nullable: false),
                    ProjectId = table.Column<int>(type: "integer", nullable: true),
                    CreatedById = table.Column<int>(type: "integer", nullable: false),
                    AssigneeId = table.Column<int>(type: "integer", nullable: true),
                    HolderKind = table.Column<int>(type: "integer", nullable: false),
                    DueDate = table.Column<DateOnly>(type: "date", nullable: true),
                    CreatedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    UpdatedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    OutsideUpdatedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    SubmittedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    CompletedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    DeletedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    ImportId = table.Column<int>(type: "integer", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_TransactionChanges", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_TransactionChanges_Writer",
                table: "TransactionChanges",
                column: "Writer");

            RowChanges.Record(migrationBuilder, "Transactions", "TransactionChanges", Columns);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            RowChanges.Forget(migrationBuilder, "Transactions");
            migrationBuilder.DropTable(
                name: "TransactionChanges");
        }
    }
}
