using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.RegularExpressions;

namespace MdcTts.Benchmarks;

/// <summary>
/// Whether the time of a refused sign-in tells what the answer does not: a wrong password of a known address, any of an
/// unknown one, and one of an account that must wait in its network, turn and turn about.
/// Every round comes from a network of its own, so that no other limit is met.
/// </summary>
internal static partial class SignInTimes
{
    // Failures before an account makes its network wait: Attempts.FreeFailures.
    private const int Free = 5;

    public static async Task Measure(bool postgres, int rounds, CancellationToken stop)
    {
        await using var database = await Database.Make(postgres);
        await Seed.Fill(database, 100);
        await database.Release();
        await using var server = await Run.StartApp(
            database,
            recordTo: null,
            more: new("TRUSTED_PROXIES", "127.0.0.1")
        );
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = true })
        {
            BaseAddress = new($"http://127.0.0.1:{server.Port}"),
        };
        var token = Token()
            .Match(await http.GetStringAsync(new Uri("/signin", UriKind.Relative), stop))
            .Groups["token"]
            .Value;
        foreach (
            var (name, make) in new (string, Func<string, HttpRequestMessage>)[]
            {
                ("page", email => Page(email, token)),
                ("API", Api),
            }
        )
        {
            var times = new[] { new List<double>(), new List<double>(), new List<double>() };
            var answers = new HashSet<string>(StringComparer.Ordinal);
            for (var round = 0; round < rounds; round++)
            {
                var network = $"10.{(name == "API" ? 100 : 0) + (round / 250)}.{round % 250}.7";
                var locked = $"editor{3 + (round % 3)}@mdc.example";
                for (var i = 0; i < Free; i++)
                    await Try(make(locked), network);
                var kinds = new[] { $"editor{1 + (round % 2)}@mdc.example", $"nobody{round}@mdc.example", locked };
                for (var i = 0; i < kinds.Length; i++)
                {
                    var kind = (round + i) % kinds.Length;
                    var (elapsed, answer) = await Try(make(kinds[kind]), network);
                    // The first rounds are the compiler's.
                    if (round >= rounds / 5)
                        times[kind].Add(elapsed);
                    answers.Add(answer.Replace(kinds[kind], "", StringComparison.Ordinal));
                }
            }

            var medians = Array.ConvertAll(times, t => t.Order().ElementAt(t.Count / 2));
            Console.WriteLine(
                $"{(postgres ? "PostgreSQL" : "SQLite"), -10} {name, -4} medians of {times[0].Count}: "
                    + $"wrong password {medians[0]:0.0} ms, unknown address {medians[1]:0.0} ms, "
                    + $"must wait {medians[2]:0.0} ms; slowest / quickest {medians.Max() / medians.Min():0.000}; "
                    + $"{answers.Count} different answers"
            );
        }

        async Task<(double Milliseconds, string Answer)> Try(HttpRequestMessage request, string address)
        {
            using (request)
            {
                request.Headers.Add("X-Forwarded-For", address);
                var began = Stopwatch.GetTimestamp();
                using var answer = await http.SendAsync(request, stop);
                var body = await answer.Content.ReadAsStringAsync(stop);
                var elapsed = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
                return (elapsed, (int)answer.StatusCode + TraceId().Replace(Token().Replace(body, ""), ""));
            }
        }
    }

    private static HttpRequestMessage Page(string email, string token) =>
        new(HttpMethod.Post, "/signin")
        {
            Content = new FormUrlEncodedContent(
                new Dictionary<string, string>
                {
                    ["__RequestVerificationToken"] = token,
                    ["email"] = email,
                    ["password"] = "not the password",
                }
            ),
        };

    private static HttpRequestMessage Api(string email) =>
        new(HttpMethod.Post, "/api/v1/auth/login")
        {
            Content = JsonContent.Create(new { email, password = "not the password" }),
        };

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"(?<token>[^\"]*)\"", RegexOptions.None, 1000)]
    private static partial Regex Token();

    [GeneratedRegex("\"traceId\":\"[^\"]*\"", RegexOptions.None, 1000)]
    private static partial Regex TraceId();
}
