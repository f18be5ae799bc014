using MdcTts.Features.Accounts.Passkeys;
using MdcTts.Features.Accounts.SecondFactors;
using MdcTts.Features.Accounts.SignIn;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Confirming;

/// <summary>
/// Lets a signed-in person prove once more who they are, by the strongest means they have: a code or a passkey that
/// verified them; the password only where there is no second factor. The session then goes on under a new id.
/// </summary>
public sealed class ConfirmCheck(
    AppDb db,
    CurrentUser user,
    PasswordHashing hashing,
    Attempts attempts,
    FactorCheck factors,
    PasskeyCheck passkeys,
    TimeProvider clock
)
{
    /// <summary>What was posted; one that the person's means allow is enough.</summary>
    public sealed record Proof(string? Password, string? Code, string? Credential)
    {
        public bool IsEmpty =>
            string.IsNullOrEmpty(Password) && string.IsNullOrEmpty(Code) && string.IsNullOrEmpty(Credential);
    }

    /// <summary>True when the proof is right. It is counted and slowed down like signing in, and audited.</summary>
    public async Task<bool> Prove(Proof proof, HttpContext http, CancellationToken stop)
    {
        var me = await db.Users.AsNoTracking().SingleAsync(u => u.Id == user.Id, stop);
        using var place = await hashing.TakePlace(stop);
        var attempt = await attempts.Begin(me.NormalizedEmail!, me.Id, http.Origin(), stop, user.SessionId);
        var isRight = attempt.IsAllowed && await IsRight(me, proof, place, http, stop);

        var now = clock.Instant();
        UserSession? renewed = null;
        await using var write = await db.BeginWrite(stop);
        if (isRight)
        {
            await attempts.Succeeded(attempt, stop);
            renewed = await db.Renew(user, now, stop);
        }

        db.Audit.Add(
            AuditLog.By(user, isRight ? "account.confirmed" : "account.confirm_failed", "user", user.Id.ToString(), now)
        );
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        if (renewed is not null)
            await Sessions.SignIn(http, renewed);
        return isRight;
    }

    private async Task<bool> IsRight(
        User me,
        Proof proof,
        PasswordHashing.Place place,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (!string.IsNullOrEmpty(proof.Credential))
            return await passkeys.Take(proof.Credential, http, stop) is { IsVerified: true } shown
                && shown.UserId == me.Id;
        // Recovery codes stand for either factor, so that nobody is shut out who has a passkey elsewhere.
        var hasFactor = await factors.Has(me, stop);
        if (!string.IsNullOrEmpty(proof.Code))
            return hasFactor && await factors.Take(me, proof.Code, stop) is not null;
        return !hasFactor
            && me.PasswordHash is not null
            && proof.Password is { Length: > 0 and <= Passwords.MaxLength }
            && await place.Verify(me.PasswordHash, proof.Password, stop) != PasswordHashing.Verdict.Wrong;
    }
}
