using Microsoft.EntityFrameworkCore.Migrations;

namespace MdcTts.Infrastructure.Database.Migrations;

/// <summary>
/// Folds the dashes of stored search texts to the hyphen, as <c>ArabicText.Fold</c> does from this version on: a query
/// has only hyphens and would not find them.
/// </summary>
public static class Dashes
{
    private static readonly string[] Tables = ["Transactions", "Clients", "Projects", "Users"];

    /// <summary>Those that are left after folding as it was before; the others were hyphens already.</summary>
    private static readonly int[] Signs = [0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2043, 0x2212];

    public static void FoldOnPostgres(MigrationBuilder migration)
    {
        var signs = string.Concat(Signs.Select(static sign => (char)sign));
        foreach (var table in Tables)
        {
            migration.Sql(
                $"""
                UPDATE "{table}" SET "SearchText" = translate("SearchText", '{signs}', '{new string('-', signs.Length)}')
                WHERE "SearchText" ~ '[{signs}]';
                """
            );
        }
    }

    public static void FoldOnSqlite(MigrationBuilder migration)
    {
        var folded = Signs.Aggregate(
            "\"SearchText\"",
            static (text, sign) => string.Create(null, $"replace({text}, char({sign}), '-')")
        );
        foreach (var table in Tables)
            migration.Sql($"""UPDATE "{table}" SET "SearchText" = {folded} WHERE "SearchText" <> {folded};""");
    }
}
