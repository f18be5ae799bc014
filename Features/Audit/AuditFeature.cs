using MdcTts.Features.Audit.Sealing;

namespace MdcTts.Features.Audit;

/// <summary>The log of who did what: sealed as it grows, shown to admins, and able to prove itself.</summary>
public static class AuditFeature
{
    public static void AddAudit(this IServiceCollection services)
    {
        services.AddSingleton<AuditChain>();
        services.AddHostedService<SealingWorker>();
    }
}
