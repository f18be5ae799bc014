using Coravel.Invocable;
using MdcTts.Infrastructure.Configuration;

namespace MdcTts.Infrastructure.Jobs;

/// <summary>A job and when it runs.</summary>
/// <param name="Job">An invocable; with <see cref="ICancellableInvocable"/> it hears when it must stop.</param>
/// <param name="Cron">Five cron fields, in Riyadh's time.</param>
/// <param name="LateMax">A time that was missed is caught up on for so long.</param>
public sealed record ScheduledJob(Type Job, string Cron, TimeSpan LateMax)
{
    /// <summary>What the ledger calls it.</summary>
    public string Name { get; init; } = Job.Name;
}

/// <summary>All jobs with their times; <c>Jobs:Schedules:NAME</c> replaces the cron of one.</summary>
public sealed class Timetable
{
    public Timetable(IEnumerable<ScheduledJob> jobs, IConfiguration configuration) =>
        Entries = jobs.Select(job => new Entry(job, Read(job, configuration[$"Jobs:Schedules:{job.Name}"])))
            .ToDictionary(e => e.Job.Name, StringComparer.Ordinal);

    /// <summary>One job.</summary>
    public sealed record Entry(ScheduledJob Job, Cron Cron);

    /// <summary>By name.</summary>
    public IReadOnlyDictionary<string, Entry> Entries { get; }

    private static Cron Read(ScheduledJob job, string? replaced)
    {
        try
        {
            return new(replaced ?? job.Cron);
        }
        catch (FormatException wrong)
        {
            throw new SettingsException($"Jobs:Schedules:{job.Name}: {wrong.Message}");
        }
    }
}
