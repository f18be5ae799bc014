using System.Net;
using System.Net.Sockets;
using MdcTts.Features.Settings;
using MdcTts.Infrastructure.Saudi;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.SignIn;

/// <summary>
/// Slows guessing down without locking the owner out. Failures are counted in rows, which all replicas share: for an
/// account in a network (the delay grows), for a network over all accounts, and for an account over all networks. The
/// last count does not slow down networks from which the owner has signed in recently.
/// </summary>
public sealed class Attempts(AppDb db, CurrentSettings current, TimeProvider clock)
{
    /// <summary>Failures before an account makes its network wait.</summary>
    public const int FreeFailures = 5;

    /// <summary>Failures of one network, over all accounts, before it waits.</summary>
    public const int NetworkFailuresMax = 100;

    /// <summary>Failures of one account, over all networks, before networks that are new to its owner wait.</summary>
    public const int AccountFailuresMax = 50;

    /// <summary>
    /// A network that the owner used within this time never waits for the failures of others. It is as long as
    /// sessions are kept.
    /// </summary>
    public static readonly TimeSpan FamiliarFor = TimeSpan.FromDays(90);

    public static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(15);

    /// <summary>How long an account is locked everywhere; only when a setting asks for it.</summary>
    public static readonly TimeSpan LockTime = TimeSpan.FromMinutes(30);

    // Counting starts again after this time without a failure. An attacker gains nothing over the longest delay.
    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromHours(1);

    /// <summary>Whether an attempt may be made, and the keys under which it is counted.</summary>
    public sealed record Attempt(bool IsAllowed, string Pair, string Network, string Account, string? Locked)
    {
        /// <summary>When the account last failed in this network.</summary>
        public DateTime? LastAt { get; init; }
    }

    /// <summary>How long an account makes a network wait after so many failures.</summary>
    public static TimeSpan DelayAfter(int failures) =>
        failures < FreeFailures
            ? TimeSpan.Zero
            : TimeSpan.FromTicks(
                Math.Min(LongestDelay.Ticks, FirstDelay.Ticks << Math.Min(failures - FreeFailures, 10))
            );

    /// <summary>The /24 or /64 of an address: one person can easily change addresses within it.</summary>
    public static string NetworkOf(IPAddress? address)
    {
        if (address is null)
            return "none";
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        var bytes = address.GetAddressBytes();
        return Convert.ToHexStringLower(bytes, 0, address.AddressFamily == AddressFamily.InterNetwork ? 3 : 8);
    }

    /// <summary>
    /// Starts an attempt for an account, known or not. It is counted before it is made, so that many at once get no
    /// further than one after the other.
    /// </summary>
    /// <param name="account">The normalized e-mail address.</param>
    /// <param name="userId">The account's owner; null when there is none.</param>
    public async Task<Attempt> Begin(string account, int? userId, IPAddress? address, CancellationToken stop)
    {
        var now = clock.Instant();
        var network = NetworkOf(address);
        var settings = await current.Get(stop);
        var attempt = new Attempt(
            IsAllowed: true,
            Key("pair", account, network),
            Key("network", network),
            Key("account", account),
            settings.LockAfterFailures > 0 ? Key("lock", account) : null
        );
        string[] keys = [attempt.Pair, attempt.Network, attempt.Account, attempt.Locked ?? ""];
        var rows = await db
            .SignInFailures.AsNoTracking()
            .Where(f => keys.Contains(f.Key) && f.LastAt >= now - ForgottenAfter)
            .ToDictionaryAsync(f => f.Key, stop);

        var pair = rows.GetValueOrDefault(attempt.Pair);
        var waits =
            (pair is not null && now < pair.LastAt + DelayAfter(pair.Count))
            || IsOver(attempt.Network, NetworkFailuresMax, LongestDelay)
            || (attempt.Locked is not null && IsOver(attempt.Locked, settings.LockAfterFailures, LockTime))
            || (
                IsOver(attempt.Account, AccountFailuresMax, LongestDelay)
                && !await IsFamiliar(userId ?? 0, network, now, stop)
            );
        if (waits)
            return attempt with { IsAllowed = false };

        await using var write = await db.BeginWrite(stop);
        var before = await Add(attempt.Pair, now, stop) - 1;
        await write.Commit(stop);
        return attempt with
        {
            LastAt = pair?.LastAt,
            IsAllowed = before <= (pair?.Count ?? 0) || DelayAfter(before) == TimeSpan.Zero,
        };

        bool IsOver(string key, int max, TimeSpan delay) =>
            rows.TryGetValue(key, out var row) && row.Count >= max && now < row.LastAt + delay;
    }

    /// <summary>Counts a failure; in the caller's database transaction.</summary>
    public async Task Failed(Attempt attempt, CancellationToken stop)
    {
        if (!attempt.IsAllowed)
            return;
        var now = clock.Instant();
        await Add(attempt.Network, now, stop);
        await Add(attempt.Account, now, stop);
        if (attempt.Locked is not null)
            await Add(attempt.Locked, now, stop);
    }

    /// <summary>Forgets the failures of the account in its network; in the caller's database transaction.</summary>
    public Task Succeeded(Attempt attempt, CancellationToken stop) =>
        db.SignInFailures.Where(f => f.Key == attempt.Pair || f.Key == attempt.Locked).ExecuteDeleteAsync(stop);

    /// <summary>
    /// Takes the attempt back. Somebody with the right password still owes the second factor, so the wrong codes before
    /// must neither be forgotten nor added to.
    /// </summary>
    public async Task Withdraw(Attempt attempt, CancellationToken stop)
    {
        await using var write = await db.BeginWrite(stop);
        await db
            .SignInFailures.Where(f => f.Key == attempt.Pair && f.Count > 0)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(f => f.Count, f => f.Count - 1)
                        .SetProperty(f => f.LastAt, f => attempt.LastAt ?? f.LastAt),
                stop
            );
        await write.Commit(stop);
    }

    private static string Key(params string[] parts) => Sessions.HashOf(string.Join('\n', parts));

    private async Task<bool> IsFamiliar(int userId, string network, DateTime now, CancellationToken stop)
    {
        var since = now - FamiliarFor;
        var addresses = await db
            .Sessions.Where(s => s.UserId == userId && s.CreatedAt >= since && s.Address != null)
            .Select(s => s.Address!)
            .Distinct()
            .ToListAsync(stop);
        return addresses.Any(a => IPAddress.TryParse(a, out var known) && NetworkOf(known) == network);
    }

    private async Task<int> Add(string key, DateTime now, CancellationToken stop)
    {
        var forgottenBefore = now - ForgottenAfter;
        var counts = await db
            .Database.SqlQuery<int>(
                $"""
                INSERT INTO "SignInFailures" ("Key", "Count", "LastAt") VALUES ({key}, 1, {now})
                ON CONFLICT ("Key") DO UPDATE SET
                    "Count" = CASE
                        WHEN "SignInFailures"."LastAt" < {forgottenBefore} THEN 1
                        ELSE "SignInFailures"."Count" + 1
                    END,
                    "LastAt" = {now}
                RETURNING "Count" AS "Value"
                """
            )
            .ToListAsync(stop);
        return counts[0];
    }
}
