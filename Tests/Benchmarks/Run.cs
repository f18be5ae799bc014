using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using MdcTts.Support;

namespace MdcTts.Benchmarks;

/// <summary>One engine from an empty database to its lines in the report.</summary>
internal static partial class Run
{
    public static async Task Engine(bool postgres, Plan plan, Report report, CancellationToken stop)
    {
        var name = postgres ? "PostgreSQL" : "SQLite";
        var watch = Stopwatch.StartNew();
        await using var database = await Database.Make(postgres);
        await Seed.Fill(database, plan.Rows);
        await database.Release();
        Console.WriteLine($"{name}: {plan.Rows:N0} transactions in {watch.Elapsed.TotalSeconds:0} s");

        var (scenarios, recording) = await Record(database, plan);
        var file = Path.Combine(database.Directory, "recording.json");
        recording.Write(file);

        await using var app = await StartApp(database, recordTo: null);
        await using var bare = await Server.Start(
            port => [typeof(Run).Assembly.Location, "bare", file, $"http://127.0.0.1:{port}"],
            Path.Combine(database.Directory, "bare.log"),
            new Dictionary<string, string>(),
            database.Directory
        );
        // All of them once before the first is measured: they share most of their code, and the compiler takes its time
        // on two busy processors.
        foreach (var scenario in scenarios)
            Load.Run(app, scenario, plan, Plan.WarmUp);
        foreach (var scenario in scenarios)
        {
            stop.ThrowIfCancellationRequested();
            Measured App(TimeSpan time) => Load.Run(app, scenario, plan, time);
            Measured Limit(TimeSpan time) => Load.Run(bare, scenario, plan, time, "/" + scenario.Key);

            App(Plan.WarmUp);
            Limit(Plan.WarmUp);
            // Turn and turn about, so that whatever else the machine does falls on both.
            var half = plan.Time / 2;
            var (first, second) = (App(half), Limit(half));
            report.Add(name, scenario, (first + App(half)).Sorted(), (second + Limit(half)).Sorted());
        }

        if (recording.Made is { } made)
            await CheckCreated(database, made.Id);
    }

    // What the bare side writes must be as whole as what the app writes, or it is no limit of anything.
    private static async Task CheckCreated(Database database, int after)
    {
        var counts = await database.Row(
            $"""
            SELECT COUNT(*), COUNT(CASE WHEN t."SearchText" LIKE '%' || lower(t."Number") || '%'
                AND (SELECT COUNT(*) FROM "History" AS h WHERE h."TransactionId" = t."Id") = 2
                AND EXISTS (SELECT 1 FROM "TransactionTags" AS g WHERE g."TransactionId" = t."Id")
                AND EXISTS (SELECT 1 FROM "Audit" AS a WHERE a."EntityKey" = t."Number") THEN 1 END)
            FROM "Transactions" AS t WHERE t."Id" > {after}
            """
        );
        if (counts is not [long all and > 0, long whole] || whole != all)
            throw new InvalidOperationException(
                $"Of the created transactions not all are whole: {string.Join(" / ", counts)}."
            );
    }

    internal static Task<Server> StartApp(
        Database database,
        string? recordTo,
        bool? forgetsAudit = null,
        KeyValuePair<string, string>? more = null,
        string? other = null
    )
    {
        var environment = new Dictionary<string, string>(database.Settings, StringComparer.Ordinal)
        {
            ["RateLimits__Enabled"] = "false",
        };
        if (recordTo is not null)
            (environment["DOTNET_STARTUP_HOOKS"], environment[StartupHook.FileVariable]) = (
                typeof(Run).Assembly.Location,
                recordTo
            );
        if (forgetsAudit is { } forgets)
            (environment["DOTNET_STARTUP_HOOKS"], environment[StartupHook.ForgetVariable]) = (
                typeof(Run).Assembly.Location,
                forgets ? "yes" : "no"
            );
        if (more is { } setting)
            environment[setting.Key] = setting.Value;
        // The app's own output folder, of the same configuration as ours.
        var built = Path.GetRelativePath(Repository.Path("Tests/Benchmarks"), AppContext.BaseDirectory);
        var app = other is null
            ? Repository.Path(Path.Combine(built, "MdcTts.dll"))
            : Path.Combine(other, "bin", "Release", Path.GetFileName(built.TrimEnd('/')), "MdcTts.dll");
        return Server.Start(
            port => [app, "web", "--urls", $"http://127.0.0.1:{port}"],
            Path.Combine(database.Directory, "app.log"),
            environment,
            other ?? Repository.Root
        );
    }

    /// <summary>What the plan asks for, with visitors that are signed in.</summary>
    internal static async Task<IReadOnlyList<Scenario>> Scenarios(Database database, Server app, Plan plan)
    {
        var address = new Uri($"http://127.0.0.1:{app.Port}");
        var visitors = new Visitors(
            "Cookie: " + await SignIn(address, Seed.Admin),
            "Cookie: " + await SignIn(address, Seed.Editor),
            "Authorization: Bearer " + Seed.Token
        );
        var some = await database.Row(
            $"""
            SELECT "Number", "ClientId" FROM "Transactions"
            WHERE "Status" = 'completed' ORDER BY "Id" LIMIT 1 OFFSET {plan.Rows / 5}
            """
        );
        return
        [
            .. Scenario
                .All(visitors, (string)some[0]!, Convert.ToInt32(some[1]!, CultureInfo.InvariantCulture))
                .Where(s => s.Name.Contains(plan.Only, StringComparison.OrdinalIgnoreCase)),
        ];
    }

    // Asks the real app once for everything, and keeps what it then sends to its database.
    private static async Task<(IReadOnlyList<Scenario>, Recording)> Record(Database database, Plan plan)
    {
        var lines = Path.Combine(database.Directory, "steps.jsonl");
        await using var app = await StartApp(database, lines);
        var scenarios = await Scenarios(database, app, plan);
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false })
        {
            BaseAddress = new($"http://127.0.0.1:{app.Port}"),
        };
        var requests = new Dictionary<string, Recording.Request>(StringComparer.Ordinal);
        Recording.Created? made = null;
        foreach (var scenario in scenarios)
        {
            // Twice before: what is remembered between requests is then remembered here too.
            for (var i = 0; i < 2; i++)
                await Ask(http, scenario, trace: null);
            var trace = ActivityTraceId.CreateRandom().ToString();
            var (answer, text) = await Ask(http, scenario, trace);
            if (scenario.Key == Scenario.CreateKey)
            {
                var number = answer.Headers.Location!.OriginalString.Split('/')[^1];
                var row = await database.Row(
                    $"""SELECT "Id", "TrackingToken" FROM "Transactions" WHERE "Number" = '{number}'"""
                );
                made = new(Convert.ToInt32(row[0]!), number, (string)row[1]!);
            }

            requests[scenario.Key] = new(Encoding.UTF8.GetByteCount(text), Recorder.Read(lines, trace));
            if (requests[scenario.Key].Steps.Count == 0)
                throw new InvalidOperationException($"{scenario.Name}: nothing was recorded.");
        }

        return (scenarios, new(database.Connection, database.IsPostgres, requests, made));
    }

    private static async Task<(HttpResponseMessage Answer, string Text)> Ask(
        HttpClient http,
        Scenario scenario,
        string? trace
    )
    {
        using var request = new HttpRequestMessage(
            scenario.Body is null ? HttpMethod.Get : HttpMethod.Post,
            scenario.Path
        );
        var (header, value) = scenario.Who.Split(": ", 2) is [var h, var v] ? (h, v) : default;
        request.Headers.TryAddWithoutValidation(header, value);
        if (trace is not null)
            request.Headers.TryAddWithoutValidation("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-00");
        if (scenario.Body is not null)
            request.Content = new StringContent(scenario.Body, new MediaTypeHeaderValue("application/json"));
        var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return (int)answer.StatusCode == scenario.Status
            ? (answer, text)
            : throw new InvalidOperationException($"{scenario.Name} answered {(int)answer.StatusCode}: {text}");
    }

    internal static async Task<string> SignIn(Uri address, string email)
    {
        var cookies = new CookieContainer();
        using var http = new HttpClient(new SocketsHttpHandler { CookieContainer = cookies, AllowAutoRedirect = false })
        {
            BaseAddress = address,
        };
        var token = FormToken()
            .Match(await http.GetStringAsync(new Uri("/signin", UriKind.Relative)))
            .Groups["token"]
            .Value;
        using var form = new FormUrlEncodedContent(
            new Dictionary<string, string>
            {
                ["__RequestVerificationToken"] = WebUtility.HtmlDecode(token),
                ["email"] = email,
                ["password"] = Seed.Password,
            }
        );
        using var answer = await http.PostAsync(new Uri("/signin", UriKind.Relative), form);
        return answer.StatusCode == HttpStatusCode.SeeOther
            ? cookies.GetCookieHeader(address)
            : throw new InvalidOperationException($"Signing in answered {(int)answer.StatusCode}.");
    }

    [GeneratedRegex(
        "name=\"__RequestVerificationToken\"[^>]* value=\"(?<token>[^\"]+)\"",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex FormToken();
}
