using MdcTts.Infrastructure.Text;
using Microsoft.EntityFrameworkCore.Migrations;

namespace MdcTts.Infrastructure.Database;

/// <summary>The keys of <see cref="NameOrder"/> for rows from before there were any.</summary>
public static class NameOrderBackfill
{
    // What ArabicText.Fold does to the letters that names have, in words of both engines.
    private static readonly (string Signs, string Folded)[] Letters =
    [
        ("أإآٱ", "ا"),
        ("ىئی", "ي"),
        ("ؤ", "و"),
        ("ة", "ه"),
        ("ک", "ك"),
        ("ـ\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0670\u0654\u0655", ""),
    ];

    /// <param name="english">The column of the English name.</param>
    public static void FillNameOrder(this MigrationBuilder migration, string table, string english) =>
        migration.Sql(
            $"""
            UPDATE "{table}" SET "OrderEn" = {KeyOf(english, "NameAr")}, "OrderAr" = {KeyOf("NameAr", english)}
            """
        );

    private static string KeyOf(string first, string otherwise)
    {
        var key = $"""lower(coalesce(nullif("{first}", ''), "{otherwise}", ''))""";
        foreach (var (signs, folded) in Letters)
        foreach (var sign in signs)
            key = $"replace({key}, '{sign}', '{folded}')";
        return $"substr({key}, 1, {NameOrder.KeyMaxLength})";
    }
}
