using MdcTts.Features.Settings;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.SignIn;

/// <summary>
/// Finds out whose e-mail and password these are. Unknown, wrong, too soon and not active are one answer, after the
/// same work: one query and one hash.
/// </summary>
public sealed class PasswordCheck(
    AppDb db,
    IPasswordHasher<User> hasher,
    Attempts attempts,
    CurrentSettings current,
    TimeProvider clock
)
{
    // No password has this hash. An unknown address costs the same verification as a known one.
    private static string? _decoyHash;
    private readonly string _decoy = DecoyHash(hasher);

    /// <summary>
    /// Somebody with the right password, active or still waiting for approval, and the attempt, which the caller ends
    /// with <see cref="Attempts.Succeeded"/> or <see cref="Attempts.Withdraw"/>.
    /// </summary>
    public sealed record Proven(User User, Attempts.Attempt Attempt);

    /// <summary>Null when refused; the refusal is audited and counted already.</summary>
    public async Task<Proven?> Handle(string? email, string? password, RequestOrigin from, CancellationToken stop)
    {
        email = EmailAddress.WithoutMarks(email);
        var normalized =
            email is { Length: > 0 and <= User.EmailMaxLength } && !PlainText.HasForbidden(email)
                ? email.Trim().ToUpperInvariant()
                : "";
        var user =
            normalized.Length == 0
                ? null
                : await db.Users.SingleOrDefaultAsync(u => u.NormalizedEmail == normalized, stop);
        var attempt = await attempts.Begin(normalized, user?.Id, from, stop);
        var typed = password is { Length: <= Passwords.MaxLength } ? password : "";
        var verdict = hasher.VerifyHashedPassword(user ?? new User(), user?.PasswordHash ?? _decoy, typed);
        if (
            attempt.IsAllowed
            && user is { PasswordHash: not null, Status: UserStatus.Active or UserStatus.Pending }
            && verdict != PasswordVerificationResult.Failed
        )
            return new(user, attempt);

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

    /// <summary>True when a setting limits the age of passwords and this one is older.</summary>
    public async Task<bool> IsOld(User user, CancellationToken stop) =>
        (await current.Get(stop)).PasswordMaxDays is > 0 and var days
        && clock.Instant() - (user.PasswordChangedAt ?? user.CreatedAt) > TimeSpan.FromDays(days);

    // Made once, by the same hasher as the others, so that it costs as much to verify.
    private static string DecoyHash(IPasswordHasher<User> hasher) =>
        _decoyHash ??= hasher.HashPassword(new User(), Guid.NewGuid().ToString("N"));
}
