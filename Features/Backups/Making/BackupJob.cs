using Coravel.Invocable;

namespace MdcTts.Features.Backups.Making;

/// <summary>The backup of each night.</summary>
public sealed class BackupJob(Backups backups) : IInvocable, ICancellableInvocable
{
    /// <summary>02:00 in Riyadh.</summary>
    public const string Schedule = "0 2 * * *";

    public CancellationToken CancellationToken { get; set; }

    public Task Invoke() => backups.Make(store: null, by: null, CancellationToken);
}
