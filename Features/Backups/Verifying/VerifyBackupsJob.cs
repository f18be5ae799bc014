using Coravel.Invocable;

namespace MdcTts.Features.Backups.Verifying;

/// <summary>Verifies the backups that an admin asked for or, by the clock, all of them, because disks decay.</summary>
public sealed class VerifyBackupsJob(Backups backups) : IInvocable, ICancellableInvocable
{
    /// <summary>03:00 in Riyadh on Fridays.</summary>
    public const string Schedule = "0 3 * * 5";

    public CancellationToken CancellationToken { get; set; }

    public async Task Invoke()
    {
        var all = backups.Store.Names();
        var asked = all.Where(n => backups.Store.Status(n) is { IsAsked: true }).ToList();
        var wrong = new List<string>();
        foreach (var name in asked.Count > 0 ? asked : all)
        {
            try
            {
                await backups.Verify(store: null, name, by: null, CancellationToken);
            }
            catch (BackupException fault)
            {
                wrong.Add($"{name}: {fault.Message}");
            }
        }

        if (wrong.Count > 0)
            throw new BackupException("backups.fault.several", string.Join(" ", wrong));
    }
}
