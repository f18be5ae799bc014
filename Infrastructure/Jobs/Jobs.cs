using System.Collections.Concurrent;
using Coravel;
using Coravel.Invocable;
using Coravel.Queuing.Interfaces;
using Coravel.Scheduling.Schedule;
using Coravel.Scheduling.Schedule.Interfaces;
using MdcTts.Infrastructure.Configuration;

namespace MdcTts.Infrastructure.Jobs;

/// <summary>
/// Queues work that is written down in rows. Call it after the commit: the queue carries only ids, and the rows say
/// what to do.
/// </summary>
/// <remarks>The queue lives in memory. What a restart loses, <see cref="RequeueUnfinished"/> finds again.</remarks>
public sealed class Jobs(IQueue queue, AppSettings settings)
{
    private readonly ConcurrentDictionary<(Type, int), bool> _waiting = new();

    /// <summary>
    /// Has <typeparamref name="TJob"/> look at a row soon; asking again while it waits changes nothing. A process that
    /// runs no jobs leaves the row to those that do.
    /// </summary>
    public void Enqueue<TJob>(int id)
        where TJob : IInvocable, IInvocableWithPayload<int>
    {
        if (settings.Jobs != JobsRole.Off && _waiting.TryAdd((typeof(TJob), id), true))
            queue.QueueInvocableWithPayload<TJob, int>(id);
    }

    /// <summary>The job begins, so the same id may be queued again.</summary>
    public void Began<TJob>(int id) => _waiting.TryRemove((typeof(TJob), id), out _);
}

/// <summary>How features register work in the background.</summary>
public static class JobsRegistration
{
    private static readonly TimeSpan LateMax = TimeSpan.FromDays(1);

    /// <summary>The queue with the floor under it, and the timetable.</summary>
    public static void AddJobs(this IServiceCollection services)
    {
        services.AddQueue();
        services.AddScheduler();
        services.AddSingleton<Jobs>();
        services.AddHostedService<RequeueUnfinished>();
        services.AddSingleton(JobsState.Check);
        services.AddSingleton(JobsState.Gauge);
        services.AddSingleton<Timetable>();
        services.AddSingleton<Leases>();
        services.AddHostedService<FreeLeases>();
        services.AddSingleton<JobLedger>();
        services.AddSingleton<JobRunner>();
        services.AddHostedService(s => s.GetRequiredService<JobRunner>());
        services.AddScheduled<PurgeJobRuns>(PurgeJobRuns.Schedule);
    }

    /// <summary>Coravel says when to check; the ledger says which job is due and which process runs it.</summary>
    public static void UseTimetable(this WebApplication app)
    {
        var runner = app.Services.GetRequiredService<JobRunner>();
        if (!runner.RunsByTheClock)
            return;
        var scheduler = app.Services.GetRequiredService<IScheduler>();
        scheduler.ScheduleAsync(runner.Look).EverySecond().PreventOverlapping(nameof(JobRunner));
        // A look that begins while the services go would end the process with an error.
        app.Lifetime.ApplicationStopping.Register(() => ((Scheduler)scheduler).TryUnschedule(nameof(JobRunner)));
    }

    /// <summary>
    /// Runs a job by the clock, once for each time over all processes. Declare the cron as a constant beside the rule.
    /// A time missed by more than <paramref name="lateMax"/> (a day by default) is left out.
    /// </summary>
    public static void AddScheduled<TJob>(this IServiceCollection services, string cron, TimeSpan? lateMax = null)
        where TJob : class, IInvocable
    {
        services.AddTransient<TJob>();
        services.AddSingleton(new ScheduledJob(typeof(TJob), cron, lateMax ?? LateMax));
    }
}
