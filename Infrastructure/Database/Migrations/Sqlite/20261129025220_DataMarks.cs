using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MdcTts.Infrastructure.Database.Migrations.Sqlite
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
                    Id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Name = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Value = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_DataMarks", x => x.Id);
                });

            migrationBuilder.Sql("""INSERT INTO "DataMarks" ("Name", "Value") VALUES ('register', 0), ('audit', 0);""");
            DataMark.Watch(migrationBuilder, DataMark.Register, Watched);
            DataMark.Watch(migrationBuilder, DataMark.Audit, "Audit");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            DataMark.Unwatch(migrationBuilder, [.. Watched, "Audit"]);
            migrationBuilder.DropTable(
                name: "DataMarks");
        }
    }
}
