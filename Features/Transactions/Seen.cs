using System.Globalization;

namespace MdcTts.Features.Transactions;

/// <summary>Which changes a reading of the database saw: all that were committed before it.</summary>
/// <param name="First">PostgreSQL: every writer below had ended.</param>
/// <param name="Next">PostgreSQL: no writer from here on had begun.</param>
/// <param name="Running">PostgreSQL: the writers in between that had not ended.</param>
/// <param name="LastId">SQLite: the last change.</param>
internal sealed record Seen(long First, long Next, IReadOnlyList<long> Running, long LastId)
{
    /// <param name="text">As PostgreSQL writes a snapshot: <c>first:next:running,running</c>.</param>
    public static Seen FromSnapshot(string text)
    {
        var parts = text.Split(':');
        return new(Number(parts[0]), Number(parts[1]), [.. parts[2].Split(',', Empty).Select(Number)], LastId: 0);

        static long Number(string digits) => long.Parse(digits, CultureInfo.InvariantCulture);
    }

    public static Seen UpTo(long id) => new(0, 0, [], id);

    private const StringSplitOptions Empty = StringSplitOptions.RemoveEmptyEntries;

    public bool Saw(CountedChange change) =>
        change.Writer == 0
            ? change.Id <= LastId
            : change.Writer < First || (change.Writer < Next && !Running.Contains(change.Writer));

    /// <summary>Nothing up to this writer (or, on SQLite, this id) was missed.</summary>
    public bool SawAllTo(long pruned) => pruned < First || pruned <= LastId;

    public override string ToString() => $"{First}:{Next}:{string.Join(',', Running)}";
}
