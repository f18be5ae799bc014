using MdcTts.Infrastructure.Jobs;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Timetables.Listing;

/// <summary>Each job with its last run and its next time, and below them the newest runs of all.</summary>
public sealed class ListJobs(AppDb db, Timetable timetable, TimeProvider clock)
{
    private const int RunsMax = 50;

    /// <param name="Last">Its newest run that began; null when none has.</param>
    public sealed record Row(string Name, JobRun? Last, DateTime? Next);

    public sealed record View(IReadOnlyList<Row> Jobs, IReadOnlyList<JobRun> Runs, DateTime Now);

    public static void Map(RouteGroupBuilder pages) => pages.MapGet("/", Page).RequireAuthorization(Policies.Admin);

    public async Task<View> Handle(CancellationToken stop)
    {
        var now = clock.Instant();
        var begun = db.JobRuns.AsNoTracking().Where(r => r.Outcome != JobOutcome.Skipped || r.Outcome == null);
        var last = await begun
            .Where(r =>
                r.Id
                == begun
                    .Where(other => other.Job == r.Job)
                    .OrderByDescending(other => other.Slot)
                    .Select(other => other.Id)
                    .First()
            )
            .ToDictionaryAsync(r => r.Job, StringComparer.Ordinal, stop);
        var jobs = timetable
            .Entries.Values.Select(e => new Row(e.Job.Name, last.GetValueOrDefault(e.Job.Name), e.Cron.Next(now)))
            .OrderBy(j => j.Next)
            .ToList();
        var runs = await begun
            .OrderByDescending(r => r.Slot)
            .ThenByDescending(r => r.Id)
            .Take(RunsMax)
            .ToListAsync(stop);
        return new(jobs, runs, now);
    }

    private static async Task<IResult> Page(ListJobs useCase, CancellationToken stop) =>
        JobsPage.Create(await useCase.Handle(stop));
}
