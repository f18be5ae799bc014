using System.Globalization;
using System.Text.RegularExpressions;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Text;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions;

/// <summary><c>TRX-2026-00017</c>: five digits at least, never cut.</summary>
public static partial class TransactionNumber
{
    private const int TextMaxLength = 400;
    private const int AllMax = 8;

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
    /// The numbers that stand in what somebody typed or pasted, in order: an address, the subject of a mail, another
    /// dash, fewer zeros.
    /// </summary>
    /// <param name="text">Anything.</param>
    /// <param name="year">Of this year is <c>#17</c>; null understands whole numbers only.</param>
    public static IReadOnlyList<string> AllIn(string? text, int? year = null)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Length > TextMaxLength || PlainText.HasForbidden(text))
            return [];
        var folded = ArabicText.Fold(text);
        if (year is { } of && Short().Match(folded) is { Success: true } brief)
            return [Of(of, long.Parse(brief.Groups["number"].ValueSpan, CultureInfo.InvariantCulture))];
        return
        [
            .. Whole()
                .Matches(folded)
                .Select(match =>
                    Of(
                        int.Parse(match.Groups["year"].ValueSpan, CultureInfo.InvariantCulture),
                        long.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture)
                    )
                )
                .Distinct(StringComparer.Ordinal)
                .Take(AllMax),
        ];
    }

    [GeneratedRegex(
        "trx[^0-9a-z]{0,3}(?<year>[0-9]{4})[^0-9a-z]{1,3}(?<number>[0-9]{1,9})",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        200
    )]
    private static partial Regex Whole();

    [GeneratedRegex("^#(?<number>[0-9]{1,9})$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 200)]
    private static partial Regex Short();

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
