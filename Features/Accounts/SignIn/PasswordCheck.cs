using MdcTts.Features.Settings;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.SignIn;

/// <summary>
/// Finds out whose e-mail and password these are. Unknown, wrong, too soon and not active are one answer, after the
/// same work: one query and one hash.
/// </summary>
public sealed class PasswordCheck(
    AppDb db,
    PasswordHashing hashing,
    Attempts attempts,
    CurrentSettings current,
    TimeProvider clock
)
{
    // No password has this hash, made once like the others. An unknown address costs the same as a known one.
    private static string? _decoyHash;

    /// <summary>
    /// Somebody with the right password, active or still waiting for approval, and the attempt, which the caller ends
    /// with <see cref="Attempts.Succeeded"/> or <see cref="Attempts.Withdraw"/>.
    /// </summary>
    public sealed record Proven(User User, Attempts.Attempt Attempt);

    /// <summary>Null when refused; the refusal is audited and counted already.</summary>
    public async Task<Proven?> Handle(string? email, string? password, RequestOrigin from, CancellationToken stop)
    {
        // Before anything is counted: who is told to come back has not tried.
        using var place = await hashing.TakePlace(stop);
        email = EmailAddress.WithoutMarks(email);
        var normalized =
            email is { Length: > 0 and <= User.EmailMaxLength } && !PlainText.HasForbidden(email)
                ? email.Trim().ToUpperInvariant()
                : "";
        var user =
            normalized.Length == 0
                ? null
                : await db
                    .Users.Include(u => u.Client)
                    .SingleOrDefaultAsync(u => u.NormalizedEmail == normalized, stop);
        var attempt = await attempts.Begin(normalized, user?.Id, from, stop);
        var typed = password is { Length: <= Passwords.MaxLength } ? password : "";
        var hash = user?.PasswordHash ?? (_decoyHash ??= await place.Hash(Guid.NewGuid().ToString("N"), stop));
        var verdict = await place.Verify(hash, typed, stop);
        if (
            attempt.IsAllowed
            && user is { PasswordHash: not null, Status: UserStatus.Active or UserStatus.Pending, IsClientActive: true }
            && verdict != PasswordHashing.Verdict.Wrong
        )
        {
            if (verdict == PasswordHashing.Verdict.RightButOld)
                await Renew(user, await place.Hash(typed, stop), stop);
            return new(user, attempt);
        }

        await Refuse(user, attempt, from, stop);
        return null;
    }

    /// <summary>Audits a refusal: of a password, or of the second factor after it. It is counted already.</summary>
    public async Task Refuse(User? user, Attempts.Attempt attempt, RequestOrigin from, CancellationToken stop)
    {
        await using var write = await db.BeginWrite(stop);
        var action = attempt.IsAllowed ? "account.sign_in_failed" : "account.sign_in_delayed";
        db.Audit.Add(AuditLog.Entry(action, "user", user?.Id.ToString() ?? "unknown", user?.Id, clock.Instant(), from));
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
    }

    /// <summary>Whether the person must choose another password before anything else.</summary>
    public async Task<bool> MustChange(User user, CancellationToken stop) =>
        Passwords.MustChange(
            await current.Get(stop),
            user.HasGivenPassword,
            user.PasswordChangedAt ?? user.CreatedAt,
            clock.Instant()
        );

    // The same password, hashed as today. Sessions and links go on, so the stamp stays; and whoever has chosen another
    // password meanwhile keeps that one.
    private async Task Renew(User user, string hash, CancellationToken stop)
    {
        await using var write = await db.BeginWrite(stop);
        await db
            .Users.Where(u => u.Id == user.Id && u.PasswordHash == user.PasswordHash)
            .ExecuteUpdateAsync(set => set.SetProperty(u => u.PasswordHash, hash), stop);
        await write.Commit(stop);
    }
}
