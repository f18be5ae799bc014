using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace MdcTts.Benchmarks;

/// <summary>
/// What people see while others work: list and dashboard while comments are written, and many sessions that only read.
/// </summary>
internal static class Busy
{
    private const int Rounds = 3;
    private const int PendingSignIns = 200;
    private const double CalmPagesPerSecond = 20;
    private static readonly TimeSpan Beginning = TimeSpan.FromSeconds(3);
    private static readonly double[] WritesPerSecond = [0, 1, 20];

    /// <param name="sessions">How many people have signed in; 0 leaves that part out.</param>
    /// <param name="pagesPerSecond">How many pages they open together.</param>
    public static async Task Measure(
        bool postgres,
        Plan plan,
        int sessions,
        double pagesPerSecond,
        CancellationToken stop
    )
    {
        var engine = postgres ? "PostgreSQL" : "SQLite";
        await using var database = await Database.Make(postgres);
        await Seed.Fill(database, plan.Rows);
        await database.Release();
        await using var app = await Run.StartApp(database, recordTo: null);
        var scenarios = await Run.Scenarios(database, app, plan with { Only = "admin" });
        var number = (string)(await database.Row("""SELECT MAX("Number") FROM "Transactions" """))[0]!;

        Console.WriteLine(
            "| engine | scenario | writes/s asked for | written/s | requests/s | of none | p50 ms | p99 ms |"
        );
        Console.WriteLine("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var scenario in scenarios)
        {
            Load.Run(app, scenario, plan, Plan.WarmUp);
            var seen = WritesPerSecond.Select(_ => (Reads: new List<Measured>(), Written: new List<double>())).ToList();
            // Turn and turn about, so that whatever else the machine does falls on all.
            for (var round = 0; round < Rounds; round++)
            for (var i = 0; i < WritesPerSecond.Length; i++)
            {
                using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
                var writer = Write(app, number, WritesPerSecond[i], end.Token);
                seen[i].Reads.Add(Load.Run(app, scenario, plan, plan.Time / Rounds));
                await end.CancelAsync();
                seen[i].Written.Add(await writer);
            }

            var calm = seen[0].Reads.Aggregate((a, b) => a + b).PerSecond;
            foreach (var (asked, (reads, written)) in WritesPerSecond.Zip(seen))
            {
                var all = reads.Aggregate((a, b) => a + b).Sorted();
                Console.WriteLine(
                    $"| {engine} | {scenario.Name} | {asked:0} | {written.Average():0.0} | {all.PerSecond:N0} "
                        + $"| {all.PerSecond / calm:0.00} | {all.Percentile(0.5):0} | {all.Percentile(0.99):0} |"
                );
            }
        }

        if (sessions == 0)
            return;
        var cookies = await SignIn(app, sessions, stop);
        await Read($"{engine}: {sessions:N0} sessions", app, cookies, pagesPerSecond, plan.Time * Rounds, stop);
        await Read($"{engine}: before sign-ins", app, cookies, CalmPagesPerSecond, plan.Time, stop);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var watch = Stopwatch.StartNew();
        var signIns = Enumerable.Range(0, PendingSignIns).Select(i => TrySignIns(app, i, enough.Token)).ToList();
        // That they all begin in one moment is much of the work, half of it ours, and said apart.
        await Read($"{engine}: {PendingSignIns} sign-ins begin", app, cookies, CalmPagesPerSecond, Beginning, stop);
        await Read($"{engine}: {PendingSignIns} sign-ins pending", app, cookies, CalmPagesPerSecond, plan.Time, stop);
        await enough.CancelAsync();
        var tried = await Task.WhenAll(signIns);
        Console.WriteLine($"{engine}: {tried.Sum() / watch.Elapsed.TotalSeconds:0.0} sign-ins/s meanwhile");
    }

    /// <summary>Tries to sign in again and again, as nobody; answers how often that was answered.</summary>
    private static async Task<int> TrySignIns(Server app, int person, CancellationToken stop)
    {
        using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{app.Port}") };
        var answered = 0;
        try
        {
            while (true)
            {
                using var answer = await http.PostAsJsonAsync(
                    new Uri("/api/v1/auth/login", UriKind.Relative),
                    new { email = $"nobody{person}.{answered}@mdc.example", password = "wrong horse battery" },
                    stop
                );
                answered++;
            }
        }
        catch (OperationCanceledException)
        {
            return answered;
        }
    }

    private static async Task<string[]> SignIn(Server app, int sessions, CancellationToken stop)
    {
        var address = new Uri($"http://127.0.0.1:{app.Port}");
        var cookies = new string[sessions];
        await Parallel.ForAsync(
            0,
            sessions,
            new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = stop },
            async (i, _) => cookies[i] = await Run.SignIn(address, i % 10 == 0 ? Seed.Admin : Seed.Editor)
        );
        return cookies;
    }

    /// <summary>Writes comments at an even pace until told to stop; answers how many a second.</summary>
    private static async Task<double> Write(Server app, string number, double perSecond, CancellationToken stop)
    {
        if (perSecond == 0)
            return 0;
        using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{app.Port}") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Seed.Token);
        var (watch, written) = (Stopwatch.StartNew(), 0);
        try
        {
            while (true)
            {
                var due = TimeSpan.FromSeconds(written / perSecond);
                if (due > watch.Elapsed)
                    await Task.Delay(due - watch.Elapsed, stop);
                using var answer = await http.PostAsJsonAsync(
                    new Uri($"/api/v1/transactions/{number}/comments", UriKind.Relative),
                    new { text = string.Create(CultureInfo.InvariantCulture, $"Comment {written}") },
                    stop
                );
                answer.EnsureSuccessStatusCode();
                written++;
            }
        }
        catch (OperationCanceledException)
        {
            return written / watch.Elapsed.TotalSeconds;
        }
    }

    /// <summary>
    /// Pages are due at an even pace, whether or not earlier ones have come: the time of each counts from when it was
    /// due.
    /// </summary>
    private static async Task Read(
        string title,
        Server app,
        string[] cookies,
        double perSecond,
        TimeSpan time,
        CancellationToken stop
    )
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false })
        {
            BaseAddress = new($"http://127.0.0.1:{app.Port}"),
        };
        var (watch, tasks) = (Stopwatch.StartNew(), new List<Task<double?>>());
        for (var i = 0; i < perSecond * time.TotalSeconds; i++)
        {
            var due = TimeSpan.FromSeconds(i / perSecond);
            if (due > watch.Elapsed)
                await Task.Delay(due - watch.Elapsed, stop);
            tasks.Add(Page(http, cookies[i % cookies.Length], watch, due));
        }

        var times = await Task.WhenAll(tasks);
        var good = times.OfType<double>().Order().ToList();
        Console.WriteLine(
            $"{title}, {perSecond:0} pages/s for {time.TotalSeconds:0} s: {good.Count:N0} "
                + $"answered, {times.Length - good.Count} failed, p50 {good[good.Count / 2]:0} ms, "
                + $"p99 {good[good.Count * 99 / 100]:0} ms"
        );
    }

    private static async Task<double?> Page(HttpClient http, string cookie, Stopwatch watch, TimeSpan due)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/transactions");
        request.Headers.TryAddWithoutValidation("Cookie", cookie);
        using var answer = await http.SendAsync(request);
        await answer.Content.ReadAsByteArrayAsync();
        return answer.IsSuccessStatusCode ? (watch.Elapsed - due).TotalMilliseconds : null;
    }
}
