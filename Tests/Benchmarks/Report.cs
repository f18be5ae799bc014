namespace MdcTts.Benchmarks;

/// <summary>Lines while it runs, and a Markdown table at the end.</summary>
internal sealed class Report(Plan plan)
{
    private readonly List<(string Engine, Scenario Scenario, Measured App, Measured Bare)> _lines = [];

    public void Add(string engine, Scenario scenario, Measured app, Measured bare)
    {
        _lines.Add((engine, scenario, app, bare));
        Console.WriteLine(
            $"{engine, -11}{scenario.Name, -28}{app.PerSecond, 8:0}/s  p50 {app.Percentile(0.50), 7:0.0}  p99 "
                + $"{app.Percentile(0.99), 7:0.0} ms  errors {app.Errors}   bare {bare.PerSecond, 8:0}/s  "
                + $"errors {bare.Errors}   ratio {app.PerSecond / bare.PerSecond:0.00}"
        );
    }

    public void Print()
    {
        Console.WriteLine();
        Console.WriteLine(
            $"{plan.Rows:N0} transactions, {plan.Connections} connections, {plan.Time.TotalSeconds:0.#} s a "
                + $"side, {Environment.ProcessorCount} processors, encoding {plan.Encoding}"
        );
        Console.WriteLine();
        Console.WriteLine(
            "| engine | scenario | requests/s | p50 ms | p95 ms | p99 ms | KB | errors | bare requests/s | "
                + "bare p99 ms | app/bare |"
        );
        Console.WriteLine("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var (engine, scenario, app, bare) in _lines)
        {
            Console.WriteLine(
                $"| {engine} | {scenario.Name} | {app.PerSecond:N0} | {app.Percentile(0.50):0.0} | "
                    + $"{app.Percentile(0.95):0.0} | {app.Percentile(0.99):0.0} | "
                    + $"{app.Bytes / 1024.0 / Math.Max(1, app.Ticks.Count + app.Errors):0.0} | "
                    + $"{app.Errors + bare.Errors} "
                    + $"| {bare.PerSecond:N0} | {bare.Percentile(0.99):0.0} | {app.PerSecond / bare.PerSecond:0.00} |"
            );
        }
    }
}
