using MdcTts.Infrastructure.Configuration;

namespace MdcTts.Infrastructure.Jobs;

/// <summary>Work that is looked for again and again.</summary>
/// <param name="scopes">Each round has a scope of its own.</param>
/// <param name="pause">Between two rounds.</param>
/// <param name="clock">Whose time the pause is.</param>
/// <param name="settings">Whether this process does jobs.</param>
/// <param name="log">Records a failed round.</param>
public abstract class RepeatedWork(
    IServiceScopeFactory scopes,
    TimeSpan pause,
    TimeProvider clock,
    AppSettings settings,
    ILogger log
) : BackgroundWork(scopes, settings, log)
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (IsOurs)
        {
            await Guarded(stoppingToken);
            // No PeriodicTimer: a test that moves its clock by a day would fire it 86,400 times.
            await Task.Delay(pause, clock, stoppingToken);
        }
    }
}
