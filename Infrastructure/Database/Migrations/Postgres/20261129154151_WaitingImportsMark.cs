using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MdcTts.Infrastructure.Database.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class WaitingImportsMark : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            DataMark.WatchColumn(migrationBuilder, DataMark.Directory, "Imports", "Status");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            DataMark.Unwatch(migrationBuilder, DataMark.Directory, ["Imports"]);
        }
    }
}
