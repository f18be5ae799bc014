using System.Globalization;

namespace MdcTts.Infrastructure.Database;

/// <summary>Which writing transactions of PostgreSQL had ended when something was read.</summary>
/// <param name="Oldest">The oldest transaction that ran; all before it had ended.</param>
/// <param name="Next">The first that had not begun.</param>
/// <param name="Running">Those in between that had not ended.</param>
public sealed record WritersSeen(long Oldest, long Next, IReadOnlyList<long> Running)
{
    /// <param name="snapshot">As PostgreSQL writes one: <c>oldest:next:running,running</c>.</param>
    public static WritersSeen Parse(string snapshot)
    {
        var parts = snapshot.Split(':');
        var running = parts[2].Split(',', StringSplitOptions.RemoveEmptyEntries);
        return new(Number(parts[0]), Number(parts[1]), [.. running.Select(Number)]);

        static long Number(string digits) => long.Parse(digits, CultureInfo.InvariantCulture);
    }

    /// <summary>What this transaction wrote was there.</summary>
    public bool Saw(long writer) => writer < Oldest || (writer < Next && !Running.Contains(writer));

    /// <summary>As PostgreSQL reads it.</summary>
    public override string ToString() => $"{Oldest}:{Next}:{string.Join(',', Running)}";
}
