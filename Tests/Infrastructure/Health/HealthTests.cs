using MdcTts.Features.Outbox;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Jobs;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace MdcTts.Infrastructure.Health;

public sealed class LimitedApp : App
{
    protected override IEnumerable<(string, string)> Settings =>
        [
            ("RateLimits:Enabled", "true"),
            ("RateLimits:Anonymous", "1"),
            ("ALLOWED_HOSTS", "tts.mdc.example, 127.0.0.1"),
        ];
}

public sealed class HealthTests(LimitedApp app) : IClassFixture<LimitedApp>
{
    [Theory]
    [InlineData("/health")]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task Probes_are_answered_without_credentials_limits_or_a_host_name_of_ours(string path)
    {
        for (var i = 0; i < 5; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = "10.2.3.4:8000" } };
            var answer = (await app.Anonymous.Send(request)).Expect(200);

            Assert.Equal("no-store", answer.Header("Cache-Control"));
            Assert.Contains("\"status\":\"healthy\"", answer.Text);
        }
    }

    [Fact]
    public async Task Health_has_the_shape_of_the_deployment_document()
    {
        var answer = await app.Anonymous.Page("/health");

        Assert.Matches(
            """^\{"status":"healthy","checks":\{"database":true.*\},"timestamp":"2026-11-22T09:30:\d\dZ"\}$""",
            answer.Text
        );
    }

    [Fact]
    public async Task Whether_mails_jobs_and_storage_are_well_is_said_in_full_health_only()
    {
        await app.Db(db =>
        {
            db.Outbox.Add(OutboxMessage.For(Cast.Sara.Id, "transaction.assigned", app.Now.AddHours(-1)));
            db.JobRuns.Add(
                new()
                {
                    Job = "PurgeSessions",
                    Slot = app.Now.AddDays(-2),
                    FinishedAt = app.Now.AddDays(-2),
                    Outcome = JobOutcome.Succeeded,
                }
            );
            db.JobRuns.Add(
                new()
                {
                    Job = "PurgeMailsJob",
                    Slot = app.Now,
                    FinishedAt = app.Now,
                    Outcome = JobOutcome.Failed,
                }
            );
            return db.SaveChangesAsync();
        });
        app.Clock.Advance(TimeSpan.FromSeconds(6));

        var full = (await app.Anonymous.Page("/health")).Expect(503);
        Assert.Contains(
            """checks":{"database":true,"schema":true,"serving":true,"events":true"""
                + ""","jobs":false,"mail":false,"storage":true}""",
            full.Text
        );
        Assert.Contains(
            """reasons":{"jobs":"PurgeMailsJob failed; PurgeSessions is """
                + """late","mail":"1 mail(s) due for more than 15 minutes"}""",
            full.Text
        );
        (await app.Anonymous.Page("/health/ready")).Expect(200);

        await app.Db(db => db.Outbox.ExecuteDeleteAsync());
        await app.Db(db => db.JobRuns.ExecuteDeleteAsync());
        app.Clock.Advance(TimeSpan.FromSeconds(6));
        (await app.Anonymous.Page("/health")).Expect(200);
    }

    [Fact]
    public async Task A_host_name_that_is_not_ours_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/signin") { Headers = { Host = "evil.example" } };

        (await app.Anonymous.Send(request)).Expect(400);
    }
}

public sealed class NewVersionTests(App app) : IClassFixture<App>
{
    // A SQLite file is migrated by the start itself.
    [PostgresFact]
    public async Task On_an_old_schema_it_is_alive_and_gets_no_requests_until_that_is_migrated()
    {
        var newest = (await app.Db(db => db.Database.GetAppliedMigrationsAsync())).Last();
        await app.Db(db =>
            db.Database.ExecuteSqlAsync($"DELETE FROM \"__EFMigrationsHistory\" WHERE \"MigrationId\" = {newest}")
        );

        var next = (await app.Replica())!;

        (await next.Anonymous.Page("/health/live")).Expect(200);
        (await next.Anonymous.Page("/health/ready")).Expect(503);
        (await app.Anonymous.Page("/health/ready")).Expect(200);

        await app.Db(db =>
            db.Database.ExecuteSqlAsync(
                $"INSERT INTO \"__EFMigrationsHistory\" (\"MigrationId\", \"ProductVersion\") VALUES ({newest}, 'any')"
            )
        );
        next.Clock.Advance(TimeSpan.FromSeconds(2));
        (await next.Anonymous.Page("/health/ready")).Expect(200);
        await ((IAsyncLifetime)next).DisposeAsync();
    }
}

public sealed class StoppingTests(App app) : IClassFixture<App>
{
    [Fact]
    public async Task From_the_signal_on_it_is_alive_but_not_ready()
    {
        var drain = app.Services.GetRequiredService<Drain>();
        Assert.False(drain.IsStopping);
        (await app.Anonymous.Page("/health/ready")).Expect(200);

        using var stopping = new FakeLifetime();
        var stopped = new Drain(
            new Microsoft.Extensions.Configuration.ConfigurationBuilder().Build(),
            app.Services.GetRequiredService<AppSettings>(),
            stopping,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<Drain>.Instance
        );
        stopping.StopApplication();

        Assert.True(stopped.IsStopping);
    }

    private sealed class FakeLifetime : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource _stopping = new();

        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => _stopping.Token;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => _stopping.Cancel();

        public void Dispose() => _stopping.Dispose();
    }
}
