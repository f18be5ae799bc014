using Coravel.Invocable;
using MdcTts.Infrastructure.Jobs;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>
/// Works on an import. A process works on one at a time: a register takes much memory, and a second writer gains
/// nothing.
/// </summary>
public sealed class ImportJob(
    RunImport work,
    Jobs jobs,
    [FromKeyedServices(nameof(ImportJob))] SemaphoreSlim one,
    IHostApplicationLifetime life
) : IInvocable, IInvocableWithPayload<int>
{
    public int Payload { get; set; }

    public async Task Invoke()
    {
        await one.WaitAsync(life.ApplicationStopping);
        try
        {
            jobs.Began<ImportJob>(Payload);
            await OwnThread.Run(() => work.Handle(Payload, life.ApplicationStopping));
        }
        finally
        {
            one.Release();
        }
    }
}
