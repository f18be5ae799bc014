using MdcTts.Features.Accounts.Passkeys;
using MdcTts.Features.Accounts.SecondFactors;
using MdcTts.Features.Accounts.SignIn;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Confirming;

/// <summary>
/// Lets a signed-in person prove once more who they are: by password, by a code, or by a passkey that verified them.
/// </summary>
public sealed class ConfirmCheck(
    AppDb db,
    CurrentUser user,
    IPasswordHasher<User> hasher,
    Attempts attempts,
    FactorCheck factors,
    PasskeyCheck passkeys,
    TimeProvider clock
)
{
    /// <summary>What was posted; one of the three is enough.</summary>
    public sealed record Proof(string? Password, string? Code, string? Credential)
    {
        public bool IsEmpty =>
            string.IsNullOrEmpty(Password) && string.IsNullOrEmpty(Code) && string.IsNullOrEmpty(Credential);
    }

    /// <summary>True when the proof is right. It is counted and slowed down like signing in, and audited.</summary>
    public async Task<bool> Prove(Proof proof, HttpContext http, CancellationToken stop)
    {
        var me = await db.Users.AsNoTracking().SingleAsync(u => u.Id == user.Id, stop);
        var attempt = await attempts.Begin(me.NormalizedEmail!, me.Id, http.Origin(), stop, user.SessionId);
        var isRight = attempt.IsAllowed && await IsRight(me, proof, http, stop);

        var now = clock.Instant();
        await using var write = await db.BeginWrite(stop);
        if (isRight)
        {
            await attempts.Succeeded(attempt, stop);
            await db
                .Sessions.Where(s => s.Id == user.SessionId)
                .ExecuteUpdateAsync(set => set.SetProperty(s => s.ConfirmedAt, now), stop);
        }

        db.Audit.Add(
            AuditLog.By(user, isRight ? "account.confirmed" : "account.confirm_failed", "user", user.Id.ToString(), now)
        );
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return isRight;
    }

    private async Task<bool> IsRight(User me, Proof proof, HttpContext http, CancellationToken stop)
    {
        if (!string.IsNullOrEmpty(proof.Credential))
            return await passkeys.Take(proof.Credential, http, stop) is { IsVerified: true } shown
                && shown.UserId == me.Id;
        if (!string.IsNullOrEmpty(proof.Code))
            return me.TotpSecret is not null && await factors.Take(me, proof.Code, stop) is not null;
        return me.PasswordHash is not null
            && proof.Password is { Length: > 0 and <= Passwords.MaxLength }
            && hasher.VerifyHashedPassword(me, me.PasswordHash, proof.Password) != PasswordVerificationResult.Failed;
    }
}
