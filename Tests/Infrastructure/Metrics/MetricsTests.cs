using System.Text.RegularExpressions;
using MdcTts.Features.Audit;
using MdcTts.Features.Outbox;
using MdcTts.Infrastructure.Hosting;
using MdcTts.Infrastructure.Jobs;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Infrastructure.Metrics;

public sealed class MeasuredApp : App
{
    protected override IEnumerable<(string, string)> Settings => [("METRICS_PORT", "127.0.0.1:0")];

    public async Task<string> Scrape()
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(
            Services.GetServices<IHostedService>().OfType<MetricsServer>().Single().Address + MetricsServer.Path
        );
    }
}

public sealed partial class MetricsTests(MeasuredApp app) : IClassFixture<MeasuredApp>
{
    // Pools of PostgreSQL, and connections that were turned away, are not to be had here.
    private static readonly string[] Elsewhere = ["db_client_", "kestrel_rejected_connections_total", "haproxy_"];

    [Fact]
    public async Task What_documents_name_is_served_without_ids_and_not_on_the_public_port()
    {
        var transaction = await app.Given.Transaction("Facade");
        await app.Db(db =>
        {
            db.Outbox.Add(OutboxMessage.For(Sara.Id, "transaction.assigned", app.Now.AddMinutes(-2)));
            db.JobRuns.Add(
                new()
                {
                    Job = "PurgeSessions",
                    Slot = app.Now,
                    FinishedAt = app.Now,
                    Outcome = JobOutcome.Failed,
                }
            );
            db.JobRuns.Add(
                new()
                {
                    Job = "PurgeMailsJob",
                    Slot = app.Now,
                    FinishedAt = app.Now,
                    Outcome = JobOutcome.Succeeded,
                }
            );
            return db.SaveChangesAsync();
        });
        (await app.SignedInAs(Sara).Page($"/transactions/{transaction.Number}")).Expect(200);
        (await app.Anonymous.Submit("/signin", new { email = Sara.Email, password = "wrong-wrong-wrong" })).Expect(422);
        (await app.Anonymous.Submit("/signin", new { email = Sara.Email, password = Password })).Expect(303);
        await app.Seal();
        Counters.Mail("sent");
        Counters.Import("completed");
        Counters.RateLimited("SignIn");
        Counters.JobRun("PurgeSessions", "succeeded", TimeSpan.FromSeconds(2));

        var text = await app.Scrape();

        var missing = Named()
            .Matches(await File.ReadAllTextAsync(Repository.Path("Infrastructure/Metrics/README.md")))
            .Select(m => m.Groups["name"].Value)
            .Concat(Asked())
            .Where(name => !Elsewhere.Any(name.StartsWith) && !text.Contains("\n" + name, StringComparison.Ordinal));
        Check.None(missing);
        Assert.Matches("""(?m)^mdc_queue_depth\{[^}]*queue="outbox"[^}]*\} 2$""", text);
        Assert.Matches("""(?m)^mdc_queue_oldest_age_seconds\{[^}]*queue="outbox"[^}]*\} 120$""", text);
        Assert.Matches("""(?m)^mdc_job_last_failed\{[^}]*job="PurgeSessions"[^}]*\} 1$""", text);
        Assert.Matches("""(?m)^mdc_database_up(\{[^}]*\})? 1$""", text);
        Assert.Matches("""(?m)^mdc_logins_total\{[^}]*outcome="failed"[^}]*\} [1-9]""", text);
        Assert.Contains("http_route=\"/transactions/{number}\"", text);
        Assert.DoesNotContain(transaction.Number, text);
        Assert.DoesNotContain(Sara.Email, text);
        Assert.DoesNotContain("/health", text);

        // Who scrapes often asks the database once.
        await app.Db(db => db.Outbox.ExecuteDeleteAsync());
        Assert.Matches("""(?m)^mdc_queue_depth\{[^}]*queue="outbox"[^}]*\} 2$""", await app.Scrape());

        using var request = new HttpRequestMessage(HttpMethod.Get, MetricsServer.Path)
        {
            Headers = { Host = "127.0.0.1:9100" },
        };
        (await app.SignedInAs(Nasser).Send(request)).Expect(404);
    }

    // The numbers in the expressions of rules and dashboards: what is left when labels, texts, functions and other
    // rules are taken out.
    private static HashSet<string> Asked()
    {
        var files = Directory
            .EnumerateFiles(Repository.Path("Infrastructure/Deploy/prometheus/rules"))
            .Concat(Directory.EnumerateFiles(Repository.Path("Infrastructure/Deploy/grafana/dashboards")))
            .ToList();
        var names = files
            .SelectMany(File.ReadLines)
            .Select(line => Expression().Match(line))
            .Where(m => m.Success)
            .SelectMany(m => Number().Matches(NotNumbers().Replace(m.Groups["expression"].Value, " ")))
            .Select(m => m.Value)
            .ToHashSet();
        Assert.Contains("http_server_request_duration_seconds_bucket", names);
        return names;
    }

    [GeneratedRegex(
        """^\s*("expr": "(?<expression>.*)",?|expr: (?<expression>.*))$""",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Expression();

    [GeneratedRegex(
        """\{[^}]*\}|\\?"[^"]*"|\b(by|on|without|ignoring) *\([^)]*\)|[a-z_]+ *\(|[a-z0-9_]*:[a-z0-9_:]*|\$[a-z_]+""",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex NotNumbers();

    [GeneratedRegex("[a-z]+(_[a-z0-9]+)+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Number();

    [GeneratedRegex("(?m)^\\| `(?<name>[a-z_]+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Named();
}
