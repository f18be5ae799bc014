using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Jobs;

namespace MdcTts.Features.Outbox.Sending;

/// <summary>
/// Every two seconds, looks for messages that are due and sends them. With <c>Outbox:Enabled</c> false, it leaves
/// them to other processes.
/// </summary>
public sealed class OutboxWorker(
    IServiceScopeFactory scopes,
    IConfiguration configuration,
    AppSettings settings,
    ILogger<OutboxWorker> log
) : RepeatedWork(scopes, TimeSpan.FromSeconds(2), TimeProvider.System, settings, log)
{
    private readonly IServiceScopeFactory _scopes = scopes;

    protected override bool IsWanted => configuration.GetValue("Outbox:Enabled", true);

    protected override async Task Round(IServiceProvider services, CancellationToken stop)
    {
        // A scope for each batch: settings and texts are as they are now.
        while (await Batch(stop) == SendMails.BatchMax)
        {
            // There may be more.
        }
    }

    private async Task<int> Batch(CancellationToken stop)
    {
        await using var scope = _scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<SendMails>().Handle(stop);
    }
}
