using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MdcTts.Infrastructure.Database.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class DirectoryMark : Migration
    {
        private static readonly string[] Watched = ["AspNetUserLogins", "Clients", "Projects", "Users"];

        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("""INSERT INTO "DataMarks" ("Name", "Value") VALUES ('directory', 0);""");
            DataMark.Watch(migrationBuilder, DataMark.Directory, Watched);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            DataMark.Unwatch(migrationBuilder, DataMark.Directory, Watched);
            migrationBuilder.Sql("""DELETE FROM "DataMarks" WHERE "Name" = 'directory';""");
        }
    }
}
