namespace MdcTts.Infrastructure.Jobs;

/// <summary>A row that one process at a time works on; <see cref="Leases"/> gives it out.</summary>
public interface ILeased
{
    /// <summary>Grows with every claim. Each write of a holder asks for the number of its own claim.</summary>
    int Lease { get; }

    /// <summary>Until when the row is claimed. Null or past: anybody may claim it.</summary>
    DateTime? LeasedUntil { get; }
}

/// <summary>What queries ask of rows that are leased.</summary>
public static class LeasedQueries
{
    /// <summary>Those that nobody has claimed.</summary>
    public static IQueryable<T> Free<T>(this IQueryable<T> rows, DateTime now)
        where T : class, ILeased => rows.Where(r => r.LeasedUntil == null || r.LeasedUntil <= now);
}
