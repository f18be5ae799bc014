using MdcTts.Infrastructure.Jobs;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Timetables;

public sealed class JobsPageTests(SharedApp app) : IClassFixture<SharedApp>
{
    [Fact]
    public async Task An_admin_sees_when_each_job_ran_how_it_ended_and_when_it_runs_next()
    {
        await app.Db(db =>
        {
            db.JobRuns.Add(
                new()
                {
                    Job = "PurgeSessions",
                    Slot = app.Now.AddHours(-10),
                    StartedAt = app.Now.AddHours(-10),
                    FinishedAt = app.Now.AddHours(-10).AddSeconds(3),
                    Outcome = JobOutcome.Succeeded,
                }
            );
            db.JobRuns.Add(
                new()
                {
                    Job = "PurgeMailsJob",
                    Slot = app.Now.AddHours(-3),
                    StartedAt = app.Now.AddHours(-3),
                    FinishedAt = app.Now.AddHours(-3),
                    Outcome = JobOutcome.Failed,
                    Error = "IOException: <disk>",
                    Lease = 2,
                    Who = "one",
                }
            );
            db.JobRuns.Add(
                new()
                {
                    Job = "WriteAnchorJob",
                    Slot = app.Now.AddHours(-3),
                    StartedAt = app.Now,
                    FinishedAt = app.Now,
                    Outcome = JobOutcome.Skipped,
                }
            );
            return db.SaveChangesAsync();
        });

        var page = (await app.SignedInAs(Nasser).Page("/jobs")).Expect(200);

        Assert.All(page.Select("tbody th"), name => Assert.DoesNotMatch("[a-z][A-Z]", name));
        var rows = page.Select("table:first-of-type tbody tr");
        Assert.Contains(
            rows,
            r =>
                r.Contains("Delete old sessions")
                && r.Contains("10 hours ago")
                && r.Contains("3.0 s")
                && r.Contains("Succeeded")
        );
        Assert.Contains(rows, r => r.Contains("Delete old emails") && r.Contains("Failed") && r.Contains("02:45"));
        Assert.Contains(
            rows,
            r => r.Contains("Write the audit log anchor") && r.Contains("today 18:10") && !r.Contains("Skipped")
        );
        Assert.Contains("IOException: <disk>", page.Text.Replace("&lt;", "<").Replace("&gt;", ">"));
        Assert.Contains(rows, r => r.Contains("Send due date reminders"));
    }

    [Fact]
    public async Task An_admin_has_a_job_run_now_once_and_it_is_audited()
    {
        var admin = app.SignedInAs(Nasser);
        (await admin.Submit("/jobs/RemindOfDueDatesJob/runs", new { })).Expect(303);
        (await admin.Submit("/jobs/RemindOfDueDatesJob/runs", new { })).Expect(409);
        (await admin.Submit("/jobs/NoSuchJob/runs", new { })).Expect(404);
        (await app.SignedInAs(Sara).Submit("/jobs/RemindOfDueDatesJob/runs", new { })).Expect(403);

        var run = Assert.Single(
            await app.Db(db => db.JobRuns.AsNoTracking().Where(r => r.Job == "RemindOfDueDatesJob").ToListAsync())
        );
        Assert.True(run.IsFree(app.Now));
        Assert.Equal(
            "RemindOfDueDatesJob",
            (await app.Db(db => db.Audit.SingleAsync(e => e.Action == "job.asked"))).EntityKey
        );

        // Whoever looks next takes it.
        var taken = await app.With<JobLedger, IReadOnlyList<Lease<JobRun>>>(ledger =>
            ledger.Take(CancellationToken.None)
        );
        Assert.Contains(taken, lease => lease.Row.Id == run.Id);
    }
}
