using Coravel.Invocable;
using MdcTts.Infrastructure.Saudi;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.SessionList;

/// <summary>
/// Removes sessions that ended or were last used 90 days ago, and failures to sign in that count no longer.
/// </summary>
public sealed class PurgeSessions(AppDb db, TimeProvider clock) : IInvocable, ICancellableInvocable
{
    /// <summary>02:45 daily, in Riyadh.</summary>
    public const string Schedule = "45 2 * * *";

    /// <summary>As long as a network or a browser counts as the owner's.</summary>
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(90);

    public CancellationToken CancellationToken { get; set; }

    public async Task Invoke()
    {
        var before = clock.Instant() - KeptFor;
        var yesterday = clock.Instant().AddDays(-1);
        await using var write = await db.BeginWrite(CancellationToken);
        await db.Sessions.Where(s => s.LastSeenAt < before || s.EndedAt < before).ExecuteDeleteAsync(CancellationToken);
        await db.SignInFailures.Where(f => f.LastAt < yesterday).ExecuteDeleteAsync(CancellationToken);
        await write.Commit(CancellationToken);
    }
}
