using System.Collections.Concurrent;
using System.Diagnostics;

namespace MdcTts.Load;

/// <summary>
/// Sends at a constant rate, whatever the answers do. A latency counts from when its request was due, so that waiting
/// behind a slow answer is not left out.
/// </summary>
internal static class Schedule
{
    public static async Task Run(
        double rate,
        Func<TimeSpan, bool> goesOn,
        Func<int, DateTime, Task> send,
        ConcurrentBag<double>? late = null
    )
    {
        var running = new ConcurrentDictionary<Task, bool>();
        var start = Stopwatch.GetTimestamp();
        var began = DateTime.UtcNow;
        for (var i = 0; ; i++)
        {
            var due = TimeSpan.FromSeconds(i / rate);
            if (!goesOn(due))
                break;
            var wait = due - Stopwatch.GetElapsedTime(start);
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait);
            late?.Add((Stopwatch.GetElapsedTime(start) - due).TotalMilliseconds);
            var (number, at) = (i, began + due);
            var task = Task.Run(() => send(number, at));
            running[task] = true;
            _ = task.ContinueWith(done => running.TryRemove(done, out _), TaskScheduler.Default);
        }

        await Task.WhenAll(running.Keys);
    }
}

/// <summary>Latencies in milliseconds.</summary>
internal sealed class Latencies
{
    private readonly ConcurrentBag<double> _all = [];

    public int Count => _all.Count;

    public void Add(DateTime due) => _all.Add((DateTime.UtcNow - due).TotalMilliseconds);

    public double[] Sorted()
    {
        var sorted = _all.ToArray();
        Array.Sort(sorted);
        return sorted;
    }

    public static double Percentile(double[] sorted, double part) =>
        sorted.Length == 0
            ? double.NaN
            : sorted[(int)Math.Min(sorted.Length - 1, Math.Ceiling(part * sorted.Length) - 1)];

    public static string Line(double[] sorted) =>
        $"p50 {Percentile(sorted, 0.5):0} ms, p95 {Percentile(sorted, 0.95):0} ms, p99 "
        + $"{Percentile(sorted, 0.99):0} ms, most {Percentile(sorted, 1):0} ms";
}
