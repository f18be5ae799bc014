using System.Globalization;
using MdcTts.Features.Transactions;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Infrastructure.Database;

/// <summary>The last number given in a series and year.</summary>
public sealed class NumberCounter
{
    /// <summary>The series of transactions.</summary>
    public const string TransactionSeries = "TRX";

    public string Series { get; set; } = "";
    public int Year { get; set; }
    public long Last { get; set; }

    /// <summary>
    /// Takes the next <paramref name="count"/> numbers of a year and answers the first. Runs in the caller's database transaction: the row is locked until it ends,
    /// so numbers are distinct under any number of writers, and a rolled-back one is given again to the next.
    /// </summary>
    public static async Task<long> Take(EngineDb db, string series, int year, int count, CancellationToken stop)
    {
        var last = await db
            .Database.SqlQuery<long>(
                $"""
                INSERT INTO "NumberCounters" ("Series", "Year", "Last") VALUES ({series}, {year}, {count})
                ON CONFLICT ("Series", "Year") DO UPDATE SET "Last" = "NumberCounters"."Last" + {count}
                RETURNING "Last" AS "Value"
                """
            )
            .ToListAsync(stop);
        return last[0] - count + 1;
    }

    /// <summary>
    /// Takes the next transaction number of a year, and with it the row's id where the engine can give one ahead: all its rows then go in one round trip,
    /// and the counter is locked for one less. Null where the insert makes the id (SQLite).
    /// </summary>
    public static async Task<(string Number, int? Id)> TakeTransaction(EngineDb db, int year, CancellationToken stop)
    {
        if (db.IsSqlite)
            return (Transaction(year, await Take(db, TransactionSeries, year, 1, stop)), null);
        var taken = (
            await db
                .Database.SqlQuery<Taken>(
                    $"""
                    INSERT INTO "NumberCounters" ("Series", "Year", "Last") VALUES ({TransactionSeries}, {year}, 1)
                    ON CONFLICT ("Series", "Year") DO UPDATE SET "Last" = "NumberCounters"."Last" + 1
                    RETURNING "Last", nextval('"Transactions_Id_seq"')::int AS "Id"
                    """
                )
                .ToListAsync(stop)
        )[0];
        return (Transaction(year, taken.Last), taken.Id);
    }

    /// <summary><c>TRX-2026-00017</c>: five digits at least, never cut.</summary>
    public static string Transaction(int year, long number) =>
        string.Create(CultureInfo.InvariantCulture, $"TRX-{year}-{number:00000}");

    /// <summary><c>PRJ-2026-003</c>.</summary>
    public static string Project(int year, long number) =>
        string.Create(CultureInfo.InvariantCulture, $"PRJ-{year}-{number:000}");

    private sealed record Taken(long Last, int Id);
}
