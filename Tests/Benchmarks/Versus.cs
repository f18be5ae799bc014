namespace MdcTts.Benchmarks;

/// <summary>
/// This checkout's app beside that of another one, each with a database of its own, taking turns at every scenario: the
/// ratio says what a change won or cost, whatever the machine.
/// </summary>
/// <remarks>
/// Both databases have this checkout's schema, as an old version meets it while a new one is rolled out.
/// </remarks>
internal static class Versus
{
    private const int Turns = 8;

    /// <param name="other">
    /// The root of the other checkout, built in Release: <c>dotnet build -c Release MdcTts.csproj</c>.
    /// </param>
    public static async Task Measure(bool postgres, string other, Plan plan, CancellationToken stop)
    {
        await using var here = await Side.Start(postgres, plan, other: null);
        await using var there = await Side.Start(postgres, plan, other);
        foreach (var side in new[] { here, there })
        foreach (var scenario in side.Scenarios)
            side.Run(scenario, plan, Plan.WarmUp);

        Console.WriteLine(
            "| engine | scenario | here/s | there/s | middle ratio | turns | here CPU ms | there CPU ms | ratio "
                + "| p99 ms | errors |"
        );
        Console.WriteLine("| --- | --- | ---: | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: |");
        for (var i = 0; i < here.Scenarios.Count; i++)
        {
            stop.ThrowIfCancellationRequested();
            var (one, two) = (here.Scenarios[i], there.Scenarios[i]);
            var time = plan.Time / Turns;
            here.Run(one, plan, time);
            there.Run(two, plan, time);
            var (ours, theirs) = (new List<Turn>(), new List<Turn>());
            for (var turn = 0; turn < Turns; turn++)
            {
                // The first of a pair changes, so that whatever gets slower with time falls on both.
                if (turn % 2 == 0)
                    ours.Add(here.Run(one, plan, time));
                theirs.Add(there.Run(two, plan, time));
                if (turn % 2 == 1)
                    ours.Add(here.Run(one, plan, time));
            }

            Print(postgres ? "PostgreSQL" : "SQLite", one.Name, ours, theirs);
        }
    }

    private static void Print(string engine, string scenario, List<Turn> ours, List<Turn> theirs)
    {
        var ratios = ours.Zip(theirs, (a, b) => a.Seen.PerSecond / b.Seen.PerSecond).Order().ToList();
        var middle = (ratios[(Turns / 2) - 1] + ratios[Turns / 2]) / 2;
        var (here, there) = (ours.Select(t => t.Seen).Aggregate(Add), theirs.Select(t => t.Seen).Aggregate(Add));
        // The processor's time a request survives what else the machine does; requests a second do not.
        var (work, before) = (PerRequest(ours), PerRequest(theirs));
        Console.WriteLine(
            $"| {engine} | {scenario} | {here.PerSecond:N0} | {there.PerSecond:N0} "
                + $"| {middle:0.00} | {ratios[0]:0.00} to {ratios[^1]:0.00} "
                + $"| {work:0.000} | {before:0.000} | {before / work:0.00} "
                + $"| {here.Sorted().Percentile(0.99):0.0} / {there.Sorted().Percentile(0.99):0.0} "
                + $"| {here.Errors} / {there.Errors} |"
        );
    }

    private static Measured Add(Measured a, Measured b) => a + b;

    private static double PerRequest(List<Turn> turns) =>
        turns.Sum(t => t.Worked.TotalMilliseconds) / Math.Max(1, turns.Sum(t => t.Seen.Ticks.Count));

    /// <param name="Worked">What the app took of the processors meanwhile.</param>
    private sealed record Turn(Measured Seen, TimeSpan Worked);

    private sealed class Side(Database database, Server server, IReadOnlyList<Scenario> scenarios) : IAsyncDisposable
    {
        public IReadOnlyList<Scenario> Scenarios => scenarios;

        public static async Task<Side> Start(bool postgres, Plan plan, string? other)
        {
            var database = await Database.Make(postgres, other is null ? "bench" : "bench_there");
            await Seed.Fill(database, plan.Rows);
            await database.Release();
            var server = await Benchmarks.Run.StartApp(database, recordTo: null, other: other);
            return new(database, server, await Benchmarks.Run.Scenarios(database, server, plan));
        }

        public Turn Run(Scenario scenario, Plan plan, TimeSpan time)
        {
            var before = server.Worked;
            var seen = Load.Run(server, scenario, plan, time);
            return new(seen, server.Worked - before);
        }

        public async ValueTask DisposeAsync()
        {
            await server.DisposeAsync();
            await database.DisposeAsync();
        }
    }
}
