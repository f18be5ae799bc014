using MdcTts.Infrastructure.Database;

namespace MdcTts.Features.Audit.Sealing;

/// <summary>Looks every second whether entries wait for their seals. Every process has one; the database lets one at a time through.</summary>
public sealed partial class SealingWorker(IServiceScopeFactory scopes, AuditChain chain, TimeProvider clock, ILogger<SealingWorker> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            // No PeriodicTimer: a test that moves its clock by a day would fire it 86,400 times.
            await Task.Delay(Pause, clock, stoppingToken);
            await Guarded(stoppingToken);
        }
    }

    // A database that is away for a moment must not end the sealing for good.
    private async Task Guarded(CancellationToken stop)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await SealEntries.All(scope.ServiceProvider.GetRequiredService<AppDb>(), chain, clock, stop);
        }
        catch (Exception failed) when (failed is not OperationCanceledException || !stop.IsCancellationRequested)
        {
            Log.NotSealed(log, failed);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The audit log could not be sealed; trying again")]
        public static partial void NotSealed(ILogger logger, Exception exception);
    }
}
