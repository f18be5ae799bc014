using System.Collections.Concurrent;

namespace MdcTts.Load;

/// <summary>People who look at pages, each with a pause between two requests.</summary>
internal static class ReadingSessions
{
    private static readonly string[] Paths =
    [
        "/transactions",
        "/dashboard",
        "/transactions?status=in_progress",
        "/transactions?q=facade",
        "/transactions?page=2",
        "/account",
    ];

    public static async Task<int> Run(
        Target target,
        int sessions,
        TimeSpan think,
        TimeSpan time,
        (double P95, double P99) most,
        CancellationToken stop
    )
    {
        var people = Enumerable.Range(1, sessions).Select(person => new Visitor(target, person)).ToArray();
        var began = DateTime.UtcNow;
        await Parallel.ForAsync(
            0,
            sessions,
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = stop },
            async (i, cancel) => await people[i].SignIn(cancel)
        );
        Console.WriteLine($"{sessions} sessions signed in within {(DateTime.UtcNow - began).TotalSeconds:0} s");

        var latencies = new Latencies();
        var late = new ConcurrentBag<double>();
        var errors = new ConcurrentQueue<string>();
        var rate = sessions / think.TotalSeconds;
        await Schedule.Run(
            rate,
            due => due < time && !stop.IsCancellationRequested,
            async (number, due) =>
            {
                var path = Paths[number / sessions % Paths.Length];
                try
                {
                    using var answer = await people[number % sessions].Get(path, stop);
                    await answer.Content.ReadAsByteArrayAsync(stop);
                    if (answer.IsSuccessStatusCode)
                        latencies.Add(due);
                    else
                        errors.Enqueue($"{path}: {(int)answer.StatusCode}");
                }
                catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
                {
                    errors.Enqueue($"{path}: {e.Message}");
                }
            },
            late
        );

        var sorted = latencies.Sorted();
        var own = late.ToArray();
        Array.Sort(own);
        Console.WriteLine(
            $"{sorted.Length} answers at {rate:0} requests/s for {time.TotalSeconds:0} s, {errors.Count} "
                + $"errors: {Latencies.Line(sorted)} (the load program itself was late by p99 "
                + $"{Latencies.Percentile(own, 0.99):0} ms)"
        );
        foreach (var error in errors.GroupBy(e => e).OrderByDescending(g => g.Count()).Take(10))
            Console.WriteLine($"  {error.Count()} x {error.Key}");
        foreach (var person in people)
            person.Dispose();
        return
            errors.IsEmpty
            && sorted.Length > 0
            && Latencies.Percentile(sorted, 0.95) <= most.P95
            && Latencies.Percentile(sorted, 0.99) <= most.P99
            ? 0
            : 1;
    }
}
