using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Health;
using MdcTts.Infrastructure.ReadOnly;

namespace MdcTts.Infrastructure.Jobs;

/// <summary>
/// Work in the background on every process that does jobs. Rows say what to do, and claims let one process do each.
/// </summary>
/// <param name="scopes">Each round has a scope of its own.</param>
/// <param name="settings">Whether this process does jobs.</param>
/// <param name="log">Records a failed round.</param>
public abstract partial class BackgroundWork(IServiceScopeFactory scopes, AppSettings settings, ILogger log)
    : BackgroundService
{
    /// <summary>One round.</summary>
    protected abstract Task Round(IServiceProvider services, CancellationToken stop);

    /// <summary>True for what goes on while people's work rests by the firm's setting.</summary>
    protected virtual bool GoesOnReadOnly => false;

    /// <summary>False leaves the work to other processes.</summary>
    protected virtual bool IsWanted => true;

    /// <summary>Whether this process does it at all.</summary>
    protected bool IsOurs => settings.Jobs != JobsRole.Off && !settings.IsReadOnly && IsWanted;

    /// <summary>A round; a database that is away for a moment does not end the work for good.</summary>
    /// <param name="isLast">One more round while the process stops, which otherwise begins nothing new.</param>
    protected async Task Guarded(CancellationToken stop, bool isLast = false)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            if (await MayWork(scope.ServiceProvider, isLast, stop))
                await Round(scope.ServiceProvider, stop);
        }
        catch (Exception failed) when (isLast || !stop.IsCancellationRequested)
        {
            Log.RoundFailed(log, failed, GetType().Name);
        }
    }

    // The migration may run after this process starts, and a stopping process must not begin new work.
    private async ValueTask<bool> MayWork(IServiceProvider services, bool isLast, CancellationToken stop) =>
        (isLast || !services.GetRequiredService<Drain>().IsStopping)
        && await services.GetRequiredService<DatabaseState>().HasSchema(stop)
        && (GoesOnReadOnly || !await services.GetRequiredService<IsWorkResting>()(services, stop));

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "A round of {Work} failed; trying again")]
        public static partial void RoundFailed(ILogger logger, Exception exception, string work);
    }
}
