using MdcTts.Infrastructure.Configuration;

namespace MdcTts.Infrastructure.Health;

/// <summary>
/// On SIGTERM this process says at once that it is not ready, but serves on for <c>Drain:Seconds</c> until every proxy
/// has noticed; then Kestrel finishes what it has and stops.
/// </summary>
/// <remarks>
/// Only a signal drains. A host stopped by its own code, such as a test's, has no proxy in front that needs the time.
/// </remarks>
public sealed partial class Drain(
    IConfiguration configuration,
    AppSettings settings,
    IHostApplicationLifetime lifetime,
    ILogger<Drain> log
) : IHostedLifecycleService
{
    private static readonly TimeSpan BehindProxies = TimeSpan.FromSeconds(10);

    private int _stopping;

    /// <summary>True from the signal on: no new work should be sent here.</summary>
    public bool IsStopping => lifetime.ApplicationStopping.IsCancellationRequested;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _stopping, 1) == 1 || !IsStopping)
            return;
        // One process on a SQLite file has no replica that could take over meanwhile.
        var time =
            configuration.GetValue<double?>("Drain:Seconds") is { } seconds ? TimeSpan.FromSeconds(seconds)
            : settings.DatabaseUrl is null ? TimeSpan.Zero
            : BehindProxies;
        if (time <= TimeSpan.Zero)
            return;
        Log.Draining(log, time.TotalSeconds);
        await Task.Delay(time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Stopping: serving on for {Seconds} s")]
        public static partial void Draining(ILogger logger, double seconds);
    }
}
