using System.Globalization;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Text;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions;

/// <summary><c>TRX-2026-00017</c>: five digits at least, never cut.</summary>
public static class TransactionNumber
{
    public const string Series = "TRX";

    public static string Of(int year, long number) =>
        string.Create(CultureInfo.InvariantCulture, $"{Series}-{year}-{number:00000}");

    /// <summary>Could be a number at all; anything else is simply not found.</summary>
    public static bool IsWellFormed(string number) =>
        number.Length is > 0 and <= Transaction.NumberMaxLength && !PlainText.HasForbidden(number);

    /// <summary>Written as ours are.</summary>
    public static bool IsOurs(string number) =>
        number.Length is >= 14 and <= Transaction.NumberMaxLength
        && number.StartsWith(Series + "-", StringComparison.Ordinal)
        && number[8] == '-'
        && number.AsSpan(4, 4).IndexOfAnyExceptInRange('0', '9') < 0
        && number.AsSpan(9).IndexOfAnyExceptInRange('0', '9') < 0;

    /// <summary>
    /// Takes the next number of a year, and with it the row's id where the engine can give one ahead: all its rows then
    /// go in one round trip, and the counter is locked for one less. Null where the insert makes the id (SQLite).
    /// </summary>
    public static async Task<(string Number, int? Id)> Take(AppDb db, int year, CancellationToken stop)
    {
        if (db.IsSqlite)
            return (Of(year, await NumberCounter.Take(db, Series, year, 1, stop)), null);
        var taken = (
            await db
                .Database.SqlQuery<Taken>(
                    $"""
                    INSERT INTO "NumberCounters" ("Series", "Year", "Last") VALUES ({Series}, {year}, 1)
                    ON CONFLICT ("Series", "Year") DO UPDATE SET "Last" = "NumberCounters"."Last" + 1
                    RETURNING "Last", nextval('"Transactions_Id_seq"')::int AS "Id"
                    """
                )
                .ToListAsync(stop)
        )[0];
        return (Of(year, taken.Last), taken.Id);
    }

    private sealed record Taken(long Last, int Id);
}
