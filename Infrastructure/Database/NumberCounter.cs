using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MdcTts.Infrastructure.Database;

/// <summary>The last number given in a series and year.</summary>
public sealed class NumberCounter
{
    public string Series { get; set; } = "";
    public int Year { get; set; }
    public long Last { get; set; }

    /// <summary>
    /// Takes the next <paramref name="count"/> numbers of a year and answers the first. Runs in the caller's database
    /// transaction: the row is locked until it ends, so numbers are distinct under any number of writers, and a
    /// rolled-back one is given again to the next.
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
}

internal sealed class NumberCounterConfiguration : IEntityTypeConfiguration<NumberCounter>
{
    public void Configure(EntityTypeBuilder<NumberCounter> t)
    {
        t.HasKey(x => new { x.Series, x.Year });
        t.Property(x => x.Series).HasMaxLength(10);
    }
}
