using System.Collections.Concurrent;
using Coravel;
using Coravel.Invocable;
using Coravel.Queuing.Interfaces;
using MdcTts.Infrastructure.Text;

namespace MdcTts.Infrastructure.Jobs;

/// <summary>Queues work that is written down in rows. Call it after the commit: the queue carries ids, the rows say what is to be done.</summary>
/// <remarks>The queue lives in memory. What a restart loses, <see cref="RequeueUnfinished"/> finds again.</remarks>
public sealed class Jobs(IQueue queue)
{
    private readonly ConcurrentDictionary<(Type, int), bool> _waiting = new();

    /// <summary>Has <typeparamref name="TJob"/> look at a row soon; asking again while it waits changes nothing.</summary>
    public void Enqueue<TJob>(int id) where TJob : IInvocable, IInvocableWithPayload<int>
    {
        if (_waiting.TryAdd((typeof(TJob), id), true)) queue.QueueInvocableWithPayload<TJob, int>(id);
    }

    /// <summary>The job begins: from here on the same id may be queued anew.</summary>
    public void Began<TJob>(int id) => _waiting.TryRemove((typeof(TJob), id), out _);
}

/// <summary>A job and when it runs: five cron fields, in Riyadh's time.</summary>
public sealed record ScheduledJob(Type Job, string Cron);

/// <summary>How features register work in the background.</summary>
public static class JobsRegistration
{
    /// <summary>The queue, and the floor under it.</summary>
    public static void AddJobs(this IServiceCollection services)
    {
        services.AddSingleton<Jobs>();
        services.AddHostedService<RequeueUnfinished>();
    }

    /// <summary>Runs a job by the clock; say the cron as a constant beside the rule.</summary>
    public static void AddScheduled<TJob>(this IServiceCollection services, string cron) where TJob : class, IInvocable
    {
        services.AddTransient<TJob>();
        services.AddSingleton(new ScheduledJob(typeof(TJob), cron));
    }

    /// <summary>Hands the timetable to the scheduler.</summary>
    public static void UseTimetable(this WebApplication app) => app.Services.UseScheduler(scheduler =>
    {
        foreach (var job in app.Services.GetServices<ScheduledJob>())
            scheduler.ScheduleInvocableType(job.Job).Cron(job.Cron).Zoned(Clock.Riyadh).PreventOverlapping(job.Job.Name);
    });
}
