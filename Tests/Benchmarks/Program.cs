using System.CommandLine;
using System.Globalization;
using MdcTts.Benchmarks;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

var engine = new Option<string>("--engine")
{
    DefaultValueFactory = _ => "both",
    Description = "sqlite, postgres or both",
};
engine.AcceptOnlyFromAmong("sqlite", "postgres", "both");
var rows = new Option<int>("--rows")
{
    DefaultValueFactory = _ => 100_000,
    Description = "Transactions in the database",
};
var seconds = new Option<double>("--seconds")
{
    DefaultValueFactory = _ => 6,
    Description = "Measured seconds per scenario and side",
};
var connections = new Option<int>("--connections")
{
    DefaultValueFactory = _ => 16,
    Description = "Keep-alive connections",
};
var only = new Option<string>("--only")
{
    DefaultValueFactory = _ => "",
    Description = "Only scenarios whose name contains this",
};
var encoding = new Option<string>("--encoding")
{
    DefaultValueFactory = _ => "identity",
    Description = "What the client accepts: identity, gzip or br",
};
var root = new RootCommand("Measures the app, and beside it the same SQL without the app")
{
    engine,
    rows,
    seconds,
    connections,
    only,
    encoding,
};
root.SetAction(
    async (parsed, stop) =>
    {
        var plan = PlanOf(parsed);
        var report = new Report(plan);
        foreach (var postgres in EnginesOf(parsed))
            await Run.Engine(postgres, plan, report, stop);
        report.Print();
    }
);

var audit = new Command("audit", "Measures a create with the audit log and without, turn and turn about")
{
    engine,
    rows,
    seconds,
    connections,
};
audit.SetAction(
    async (parsed, stop) =>
    {
        var plan = PlanOf(parsed);
        foreach (var postgres in EnginesOf(parsed))
            await AuditCost.Measure(postgres, plan, stop);
    }
);
root.Add(audit);

var other = new Argument<string>("other") { Description = "The root of another checkout, built in Release" };
var versus = new Command("versus", "Measures this checkout's app beside another's, turn and turn about")
{
    other,
    engine,
    rows,
    seconds,
    connections,
    only,
};
versus.SetAction(
    async (parsed, stop) =>
    {
        var plan = PlanOf(parsed);
        var there = Path.GetFullPath(parsed.GetValue(other)!);
        foreach (var postgres in EnginesOf(parsed))
            await Versus.Measure(postgres, there, plan, stop);
    }
);
root.Add(versus);

var sessions = new Option<int>("--sessions") { DefaultValueFactory = _ => 1_000, Description = "People signed in" };
var pages = new Option<double>("--pages") { DefaultValueFactory = _ => 100, Description = "Pages they open a second" };
var busy = new Command("busy", "Measures list and dashboard while others write, and many sessions that read")
{
    engine,
    rows,
    seconds,
    connections,
    sessions,
    pages,
};
busy.SetAction(
    async (parsed, stop) =>
    {
        var plan = PlanOf(parsed);
        foreach (var postgres in EnginesOf(parsed))
            await Busy.Measure(postgres, plan, parsed.GetValue(sessions), parsed.GetValue(pages), stop);
    }
);
root.Add(busy);

var file = new Option<string?>("--file") { Description = "A register of one's own instead of a made one" };
var most = new Option<int>("--most") { DefaultValueFactory = _ => 50_000, Description = "Rows of the largest import" };
var import = new Command("import", "Measures an import from its upload until it is completed, and others' pages")
{
    engine,
    rows,
    most,
    file,
};
import.SetAction(
    async (parsed, stop) =>
    {
        foreach (var postgres in EnginesOf(parsed))
            await Imports.Measure(postgres, PlanOf(parsed), parsed.GetValue(most), parsed.GetValue(file), stop);
    }
);
root.Add(import);

var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => 100, Description = "Tries of each kind" };
var signIn = new Command("signin", "Measures whether a refused sign-in's time tells why it was refused")
{
    engine,
    rounds,
};
signIn.SetAction(
    async (parsed, stop) =>
    {
        foreach (var postgres in EnginesOf(parsed))
            await SignInTimes.Measure(postgres, parsed.GetValue(rounds), stop);
    }
);
root.Add(signIn);

var recording = new Argument<string>("recording");
var address = new Argument<string>("address");
var bare = new Command("bare", "Internal: serves a recording by plain ADO.NET") { recording, address };
bare.SetAction((parsed, stop) => Bare.Serve(parsed.GetValue(recording)!, parsed.GetValue(address)!, stop));
root.Add(bare);

// A signal ends the process in the ordinary way, which takes the servers along.
return await root.Parse(args).InvokeAsync(new() { ProcessTerminationTimeout = null });

Plan PlanOf(ParseResult parsed) =>
    new(
        parsed.GetValue(rows),
        TimeSpan.FromSeconds(parsed.GetValue(seconds)),
        parsed.GetValue(connections),
        parsed.GetValue(only) ?? "",
        parsed.GetValue(encoding) ?? "identity"
    );

// Whether each engine that is asked for is PostgreSQL.
bool[] EnginesOf(ParseResult parsed) =>
    parsed.GetValue(engine) switch
    {
        "sqlite" => [false],
        "postgres" => [true],
        _ => [false, true],
    };
