using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace MdcTts.Infrastructure.Database.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class DataMarks : Migration
    {
        private static readonly string[] Watched =
        [
            "AspNetUserLogins",
            "AuthorityReference",
            "Clients",
            "History",
            "Holidays",
            "ListItems",
            "Projects",
            "Settings",
            "TransactionTags",
            "Transactions",
            "Users",
            "WorkflowMoves",
            "WorkflowStatuses",
        ];

        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "DataMarks",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Name = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Value = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_DataMarks", x => x.Id);
                });

            DataMark.CreatePostgresFunction(migrationBuilder);
            DataMark.Watch(migrationBuilder, DataMark.Register, Watched);
            DataMark.Watch(migrationBuilder, DataMark.Audit, "Audit");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            DataMark.Unwatch(migrationBuilder, [.. Watched, "Audit"]);
            migrationBuilder.Sql("DROP FUNCTION mark_data();");
            migrationBuilder.DropTable(
                name: "DataMarks");
        }
    }
}
