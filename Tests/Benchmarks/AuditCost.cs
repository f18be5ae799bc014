namespace MdcTts.Benchmarks;

/// <summary>
/// What the audit log costs a create: the app as it is, and beside it the same app that forgets its entries before it
/// saves, each with a database of its own, taking turns.
/// </summary>
internal static class AuditCost
{
    private const int Turns = 12;

    public static async Task Measure(bool postgres, Plan plan, CancellationToken stop)
    {
        await using var with = await Side.Start(postgres, plan, forgets: false);
        await using var without = await Side.Start(postgres, plan, forgets: true);
        with.Run(Plan.WarmUp);
        without.Run(Plan.WarmUp);
        var (logged, forgotten) = (with.Run(TimeSpan.FromMilliseconds(1)), without.Run(TimeSpan.FromMilliseconds(1)));
        // Many short turns and the middle one of their ratios: what else the machine does comes in bursts.
        var (ratios, turnTime) = (new List<double>(), plan.Time / Turns);
        for (var turn = 0; turn < Turns; turn++)
        {
            stop.ThrowIfCancellationRequested();
            // The first of a pair changes, so that whatever gets slower with time falls on both.
            var (a, b) =
                turn % 2 == 0
                    ? (with.Run(turnTime), without.Run(turnTime))
                    : Swap(without.Run(turnTime), with.Run(turnTime));
            ratios.Add(a.PerSecond / b.PerSecond);
            (logged, forgotten) = (logged + a, forgotten + b);
        }

        var (entries, waiting, kept) = (
            await with.Count("Audit"),
            await with.Count("AuditPending"),
            await without.Count("Audit")
        );
        Console.WriteLine(
            $"{(postgres ? "PostgreSQL" : "SQLite"), -10} with {logged.PerSecond:0}/s, "
                + $"without {forgotten.PerSecond:0}/s, ratio {ratios.Order().ElementAt(Turns / 2):0.00} in the "
                + $"middle turn, {logged.PerSecond / forgotten.PerSecond:0.00} over all "
                + $"(turns {string.Join(", ", ratios.Select(r => r.ToString("0.00")))}), "
                + $"p99 {logged.Sorted().Percentile(0.99):0.0} / {forgotten.Sorted().Percentile(0.99):0.0} ms, "
                + $"errors {logged.Errors} / {forgotten.Errors}; entries {entries} of which {waiting} wait "
                + $"for a seal, without {kept}"
        );
    }

    private static (Measured With, Measured Without) Swap(Measured without, Measured with) => (with, without);

    private sealed class Side(Database database, Server server, byte[] request, int connections) : IAsyncDisposable
    {
        public static async Task<Side> Start(bool postgres, Plan plan, bool forgets)
        {
            var database = await Database.Make(postgres, forgets ? "bench_without" : "bench");
            await Seed.Fill(database, plan.Rows);
            await database.Release();
            var server = await Benchmarks.Run.StartApp(database, recordTo: null, forgetsAudit: forgets);
            var client = Convert.ToInt32(
                (await database.Row("""SELECT MIN("Id") FROM "Clients" """))[0]!,
                System.Globalization.CultureInfo.InvariantCulture
            );
            var scenario = Scenario
                .All(new("", "", "Authorization: Bearer " + Seed.Token), "", client)
                .Single(s => s.Key == Scenario.CreateKey);
            return new(database, server, scenario.Bytes(scenario.Path, plan.Encoding), plan.Connections);
        }

        public Measured Run(TimeSpan time) => Load.Run(server.Port, request, 201, connections, time);

        public async Task<long> Count(string table) =>
            Convert.ToInt64(
                (await database.Row($"SELECT COUNT(*) FROM \"{table}\""))[0]!,
                System.Globalization.CultureInfo.InvariantCulture
            );

        public async ValueTask DisposeAsync()
        {
            await server.DisposeAsync();
            await database.DisposeAsync();
        }
    }
}
