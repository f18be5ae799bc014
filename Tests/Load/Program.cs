using System.CommandLine;
using System.Globalization;
using MdcTts.Load;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

var rate = new Option<double>("--rate")
{
    DefaultValueFactory = _ => 50,
    Description = "Requests a second, whatever the answers do",
};
var seconds = new Option<double>("--seconds") { DefaultValueFactory = _ => 60 };

var sessions = new Option<int>("--sessions") { DefaultValueFactory = _ => 1000 };
var think = new Option<double>("--think")
{
    DefaultValueFactory = _ => 8,
    Description = "Seconds between two requests of one session",
};
var http2 = new Option<bool>("--http2") { Description = "As browsers do; costs this program more" };
var p95 = new Option<double>("--p95") { DefaultValueFactory = _ => 300, Description = "Most milliseconds" };
var p99 = new Option<double>("--p99") { DefaultValueFactory = _ => 1000, Description = "Most milliseconds" };
var reading = new Command(
    "sessions",
    "Signed-in sessions that read, each with a pause between its requests; fails above the percentiles or at any error"
)
{
    sessions,
    think,
    seconds,
    http2,
    p95,
    p99,
};
reading.SetAction(
    (parsed, stop) =>
        ReadingSessions.Run(
            Target.FromEnvironment(parsed.GetValue(http2)),
            parsed.GetValue(sessions),
            TimeSpan.FromSeconds(parsed.GetValue(think)),
            TimeSpan.FromSeconds(parsed.GetValue(seconds)),
            (parsed.GetValue(p95), parsed.GetValue(p99)),
            stop
        )
);

var ledger = new Option<string>("--ledger")
{
    Required = true,
    Description = "Written before each write and after its answer; compared with the system at the end",
};
var until = new Option<string?>("--until") { Description = "Go on until this file exists" };
var retry = new Option<bool>("--retry")
{
    Description =
        "Servers are being killed: repeat a write under its key until it is answered; failed reads are only counted",
};
var mixed = new Command(
    "mixed",
    "Reads and writes of people and scripts; fails when an acknowledged write is lost, when any is there "
        + "twice and, without --retry, at any failed request"
)
{
    rate,
    seconds,
    until,
    ledger,
    retry,
};
mixed.SetAction(
    (parsed, stop) =>
        MixedLoad.Run(
            Target.FromEnvironment(useHttp2: true),
            parsed.GetValue(rate),
            TimeSpan.FromSeconds(parsed.GetValue(seconds)),
            parsed.GetValue(until),
            parsed.GetValue(ledger)!,
            parsed.GetValue(retry),
            stop
        )
);

var socket = new Option<string>("--haproxy") { Required = true, Description = "HAProxy's admin socket" };
var replicas = new Command("replicas", "Signs in on one replica and acts on the other, both ways") { socket };
replicas.SetAction(
    (parsed, stop) => TwoReplicas.Run(Target.FromEnvironment(useHttp2: true), parsed.GetValue(socket)!, stop)
);

return await new RootCommand(
    "People and scripts that use a whole system through its edge. Which one: EDGE, CERTIFICATE, ADMIN_EMAIL "
        + "and ADMIN_PASSWORD, as lab env prints them, after lab people"
)
{
    reading,
    mixed,
    replicas,
}
    .Parse(args)
    .InvokeAsync();
