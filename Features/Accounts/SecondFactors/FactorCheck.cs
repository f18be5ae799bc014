using System.Security.Cryptography;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.SecondFactors;

/// <summary>Takes the codes of second factors, each once: the update itself decides who of two was first.</summary>
public sealed class FactorCheck(AppDb db, IDataProtectionProvider protection, TimeProvider clock)
{
    /// <summary>How many a person gets at a time.</summary>
    public const int RecoveryCodes = 10;

    /// <summary>120 bits: more than can be tried, so that a plain hash is enough. Six groups of four.</summary>
    private const int RecoveryBytes = 15;
    private const int CodeMaxLength = 40;

    private readonly IDataProtector _protector = protection.CreateProtector("totp");

    /// <summary>Whether a password alone is not enough for somebody.</summary>
    public async Task<bool> Has(User user, CancellationToken stop) =>
        user.TotpSecret is not null || await db.UserPasskeys.AnyAsync(p => p.UserId == user.Id, stop);

    /// <summary>
    /// Accepts a code of the authenticator (<c>totp</c>) or a recovery code (<c>recovery_code</c>); null when it is
    /// neither, or has been used.
    /// </summary>
    public async Task<string?> Take(User user, string? code, CancellationToken stop)
    {
        if (code is not { Length: > 0 and <= CodeMaxLength })
            return null;
        var typed = Digits
            .ToWestern(code)
            .Replace(" ", "", StringComparison.Ordinal)
            .Replace("-", "", StringComparison.Ordinal)
            .ToUpperInvariant();
        if (typed.Length == Totp.Digits)
            return await TakeTotp(user, typed, stop) ? "totp" : null;
        return await TakeRecovery(user, typed, stop) ? "recovery_code" : null;
    }

    /// <summary>A secret as it is stored.</summary>
    public string Protect(byte[] secret) => _protector.Protect(Convert.ToBase64String(secret));

    /// <summary>
    /// Replaces a person's recovery codes, for the caller to save; answers their texts, which are kept nowhere.
    /// </summary>
    public async Task<IReadOnlyList<string>> Renew(int userId, CancellationToken stop)
    {
        await RemoveRecoveryCodes(userId, stop);
        var codes = Enumerable
            .Range(0, RecoveryCodes)
            .Select(_ => Totp.Base32(RandomNumberGenerator.GetBytes(RecoveryBytes)))
            .ToList();
        db.RecoveryCodes.AddRange(
            codes.Select(code => new RecoveryCode { UserId = userId, Hash = Sessions.HashOf(code) })
        );
        return [.. codes.Select(code => string.Join('-', code.Chunk(4).Select(four => new string(four))))];
    }

    /// <summary>
    /// Removes them, for the caller to save. Codes for a factor that is gone would only be one more thing to steal.
    /// </summary>
    public async Task RemoveRecoveryCodes(int userId, CancellationToken stop) =>
        db.RecoveryCodes.RemoveRange(await db.RecoveryCodes.Where(c => c.UserId == userId).ToListAsync(stop));

    private async Task<bool> TakeTotp(User user, string typed, CancellationToken stop)
    {
        if (user.TotpSecret is null || Totp.StepOf(Secret(user.TotpSecret), typed, clock.Instant()) is not { } step)
            return false;
        await using var write = await db.BeginWrite(stop);
        var taken = await db
            .Users.Where(u =>
                u.Id == user.Id && u.TotpSecret == user.TotpSecret && (u.TotpStep == null || u.TotpStep < step)
            )
            .ExecuteUpdateAsync(set => set.SetProperty(u => u.TotpStep, step), stop);
        await write.Commit(stop);
        return taken == 1;
    }

    private async Task<bool> TakeRecovery(User user, string typed, CancellationToken stop)
    {
        var hash = Sessions.HashOf(typed);
        var now = clock.Instant();
        await using var write = await db.BeginWrite(stop);
        var taken = await db
            .RecoveryCodes.Where(c => c.UserId == user.Id && c.Hash == hash && c.UsedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.UsedAt, now), stop);
        await write.Commit(stop);
        return taken == 1;
    }

    private byte[] Secret(string stored) => Convert.FromBase64String(_protector.Unprotect(stored));
}
