using System.Diagnostics;

namespace MdcTts.Features.Accounts;

/// <summary>
/// Answers after the same time, whatever there was to do: the time must not tell whether an address is known.
/// </summary>
public static class SteadyPace
{
    /// <summary>More than the slower of the two cases takes on a loaded machine.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(600);

    /// <summary>
    /// Does the work, then waits for the rest of the time. Real time, not the app's clock: that is what a stranger
    /// measures.
    /// </summary>
    public static async Task<T> Keep<T>(Func<Task<T>> work, CancellationToken stop)
    {
        var began = Stopwatch.GetTimestamp();
        var answer = await work();
        var rest = Pace - Stopwatch.GetElapsedTime(began);
        if (rest > TimeSpan.Zero)
            await Task.Delay(rest, stop);
        return answer;
    }
}
