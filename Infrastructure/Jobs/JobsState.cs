using System.Diagnostics.Metrics;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Health;
using MdcTts.Infrastructure.Metrics;
using MdcTts.Infrastructure.Saudi;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Infrastructure.Jobs;

/// <summary>How a job stands, over all processes.</summary>
/// <param name="IsLate">Its last time came more than ten minutes ago and is not finished.</param>
public sealed record JobsState(string Job, DateTime? LastSuccess, bool LastFailed, bool IsLate)
{
    private const string Late = "mdc_jobs_late",
        Failed = "mdc_job_last_failed",
        Succeeded = "mdc_job_last_success_timestamp_seconds";

    private static readonly TimeSpan Tolerated = TimeSpan.FromMinutes(10);

    /// <summary>Late jobs and failed ones.</summary>
    public static HealthCheck Check { get; } =
        new(
            "jobs",
            async (services, stop) =>
                string.Join(
                    "; ",
                    (await Read(services, stop))
                        .Where(j => j.IsLate || j.LastFailed)
                        .Select(j => $"{j.Job} {(j.IsLate ? "is late" : "failed")}")
                )
                    is { Length: > 0 } fault
                    ? fault
                    : null
        );

    /// <summary>The same for Prometheus, job by job.</summary>
    public static Gauge Gauge { get; } =
        new(
            [
                (Late, "Jobs whose time came and is not finished"),
                (Failed, "The newest finished run failed"),
                (Succeeded, "When a job last succeeded"),
            ],
            async (services, stop) =>
            {
                var jobs = await Read(services, stop);
                return
                [
                    (Late, new(jobs.Count(j => j.IsLate))),
                    .. jobs.Select(j =>
                        (Failed, new Measurement<double>(j.LastFailed ? 1 : 0, Gauge.Label("job", j.Job)))
                    ),
                    .. jobs.Where(j => j.LastSuccess is not null)
                        .Select(j =>
                            (
                                Succeeded,
                                new Measurement<double>(
                                    (j.LastSuccess!.Value - DateTime.UnixEpoch).TotalSeconds,
                                    Gauge.Label("job", j.Job)
                                )
                            )
                        ),
                ];
            }
        );

    /// <summary>Every job of the timetable.</summary>
    public static async Task<IReadOnlyList<JobsState>> Read(IServiceProvider services, CancellationToken stop)
    {
        var now = services.GetRequiredService<TimeProvider>().Instant();
        var ended = await services
            .GetRequiredService<EngineDb>()
            .Set<JobRun>()
            .Where(r => r.FinishedAt != null)
            .GroupBy(r => r.Job)
            .Select(g => new
            {
                Job = g.Key,
                Slot = g.Max(r => r.Slot),
                Success = g.Max(r => r.Outcome == JobOutcome.Succeeded ? r.FinishedAt : null),
                Failure = g.Max(r => r.Outcome == JobOutcome.Failed ? r.FinishedAt : null),
            })
            .ToDictionaryAsync(r => r.Job, StringComparer.Ordinal, stop);
        return
        [
            .. services
                .GetRequiredService<Timetable>()
                .Entries.Values.Select(entry =>
                {
                    var done = ended.GetValueOrDefault(entry.Job.Name);
                    // What has no row yet is new, and begins with its next time.
                    var isLate =
                        done is not null
                        && entry.Cron.Last(now - Tolerated, entry.Job.LateMax) is { } slot
                        && slot > done.Slot;
                    return new JobsState(
                        entry.Job.Name,
                        done?.Success,
                        done?.Failure is { } failure && !(done.Success > failure),
                        isLate
                    );
                }),
        ];
    }
}
