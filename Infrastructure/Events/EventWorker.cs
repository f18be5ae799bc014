using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Jobs;

namespace MdcTts.Infrastructure.Events;

/// <summary>
/// Follows events in the background: at once when this process or, through Redis, another one has written, and every
/// second in any case. <c>Events:Enabled</c> leaves that to other processes.
/// </summary>
public sealed class EventWorker(
    IServiceScopeFactory scopes,
    EventSignal signal,
    IConfiguration configuration,
    AppSettings settings,
    ILogger<EventWorker> log
) : BackgroundWork(scopes, settings, log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Several writes in a row are one round.</summary>
    private static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(50);

    protected override bool IsWanted => configuration.GetValue("Events:Enabled", true);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var wake = signal.Subscribe();
        while (IsOurs)
        {
            await Guarded(stoppingToken);
            await wake.Wait(Pause, TimeProvider.System, stoppingToken);
            await Task.Delay(Burst, stoppingToken);
        }
    }

    protected override Task Round(IServiceProvider services, CancellationToken stop) =>
        services.GetRequiredService<FollowEvents>().Handle(stop);
}
