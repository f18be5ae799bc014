namespace MdcTts.Features.Outbox.Sending;

/// <summary>Looks for messages that are due, every other second, and sends them; <c>Outbox:Enabled</c> leaves that to other processes.</summary>
public sealed partial class OutboxWorker(IServiceScopeFactory scopes, IConfiguration configuration, ILogger<OutboxWorker> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!configuration.GetValue("Outbox:Enabled", true)) return;
        using var timer = new PeriodicTimer(Pause);
        while (await timer.WaitForNextTickAsync(stoppingToken)) await Step(stoppingToken);
    }

    private async Task Step(CancellationToken stop)
    {
        try
        {
            // A scope for each batch: settings and texts are as they are now.
            while (await Batch(stop) == SendMails.BatchMost)
            {
                // There may be more.
            }
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            // A database that is away for a moment must not end the sending for good.
            Log.StepFailed(log, failed);
        }
    }

    private async Task<int> Batch(CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<SendMails>().Handle(stop);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Could not look for mails to send")]
        public static partial void StepFailed(ILogger logger, Exception exception);
    }
}
