using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Jobs;

namespace MdcTts.Features.Audit.Sealing;

/// <summary>
/// Looks every second whether entries wait for their seals. Every process has one; the database lets one at a time
/// through.
/// </summary>
public sealed class SealingWorker(
    IServiceScopeFactory scopes,
    TimeProvider clock,
    AppSettings settings,
    ILogger<SealingWorker> log
) : RepeatedWork(scopes, TimeSpan.FromSeconds(1), clock, settings, log)
{
    protected override bool GoesOnReadOnly => true;

    protected override Task Round(IServiceProvider services, CancellationToken stop) =>
        services.GetRequiredService<SealEntries>().All(stop);
}
