using Coravel.Invocable;
using MdcTts.Features.Accounts.Privacy;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Saudi;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Registering;

/// <summary>
/// Forgets who registered and did not show within a week that the address is theirs. It may be somebody else's, who
/// never asked for anything.
/// </summary>
public sealed class ForgetUnconfirmedJob(AppDb db, EraseData data, TimeProvider clock)
    : IInvocable,
        ICancellableInvocable
{
    /// <summary>02:50 daily, in Riyadh.</summary>
    public const string Schedule = "50 2 * * *";

    public static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    public CancellationToken CancellationToken { get; set; }

    public async Task Invoke()
    {
        var (now, stop) = (clock.Instant(), CancellationToken);
        var before = now - Kept;
        var ids = await Forgettable(before).Select(u => u.Id).ToListAsync(stop);
        foreach (var id in ids)
        {
            await using var write = await db.BeginWrite(stop);
            if (await Forgettable(before).SingleOrDefaultAsync(u => u.Id == id, stop) is not { } user)
                continue;
            await data.Handle(
                user,
                user.Id,
                AuditLog.Entry("account.erased", "user", user.Id.ToString(), actorId: null, now),
                now,
                stop
            );
            await write.Commit(stop);
            db.ChangeTracker.Clear();
        }
    }

    private IQueryable<User> Forgettable(DateTime before) =>
        WaitingPeople.In(db).Where(u => !u.EmailConfirmed && u.PasswordHash != null && u.CreatedAt < before);
}
