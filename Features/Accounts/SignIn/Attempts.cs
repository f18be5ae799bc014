using System.Net;
using System.Net.Sockets;
using MdcTts.Features.Settings;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Text;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.SignIn;

/// <summary>
/// Slows guessing down without locking the owner out. What failed is counted in rows, which all replicas share: for an account in a network (a delay that grows),
/// for a network over all accounts, and for an account over all networks; the last spares networks from which its owner has come in of late.
/// </summary>
public sealed class Attempts(AppDb db, CurrentSettings current, TimeProvider clock)
{
    /// <summary>Failures before an account makes its network wait.</summary>
    public const int Free = 5;

    /// <summary>Failures of one network, whatever the accounts, before it waits.</summary>
    public const int NetworkMost = 100;

    /// <summary>Failures of one account, wherever from, before networks that its owner has not come from wait.</summary>
    public const int AccountMost = 50;

    /// <summary>As long as sessions are kept: a network that the owner used within is never made to wait for others' failures.</summary>
    public static readonly TimeSpan Familiar = TimeSpan.FromDays(90);

    public static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(15);

    /// <summary>The old habit, off unless a setting asks for it.</summary>
    public static readonly TimeSpan Lock = TimeSpan.FromMinutes(30);

    // After so long without a failure counting begins anew: an attacker gains nothing over the longest delay.
    private static readonly TimeSpan Forgotten = TimeSpan.FromHours(1);

    /// <summary>One try: whether it may be made, and where it is counted.</summary>
    public sealed record Attempt(bool IsAllowed, string Pair, string Network, string Account, string? Locked)
    {
        /// <summary>The failure before it in its network.</summary>
        public DateTime? LastAt { get; init; }
    }

    /// <summary>How long an account makes a network wait after so many failures.</summary>
    public static TimeSpan DelayAfter(int failures) =>
        failures < Free
            ? TimeSpan.Zero
            : TimeSpan.FromTicks(Math.Min(LongestDelay.Ticks, FirstDelay.Ticks << Math.Min(failures - Free, 10)));

    /// <summary>The /24 or /64 of an address: what one person can easily change within.</summary>
    public static string NetworkOf(IPAddress? address)
    {
        if (address is null)
            return "none";
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        var bytes = address.GetAddressBytes();
        return Convert.ToHexStringLower(bytes, 0, address.AddressFamily == AddressFamily.InterNetwork ? 3 : 8);
    }

    /// <summary>Takes a try for an account, known or not. It is counted before it is made: of many at once no more are let through than one after the other.</summary>
    /// <param name="account">The normalized address.</param>
    /// <param name="userId">Whose it is; null for nobody's.</param>
    /// <param name="address">Where the request comes from.</param>
    /// <param name="stop">Ends the wait for the database.</param>
    public async Task<Attempt> Begin(string account, int? userId, IPAddress? address, CancellationToken stop)
    {
        var (now, network, settings) = (clock.Instant(), NetworkOf(address), await current.Get(stop));
        var attempt = new Attempt(
            true,
            Key("pair", account, network),
            Key("network", network),
            Key("account", account),
            settings.LockAfterFailures > 0 ? Key("lock", account) : null
        );
        string[] keys = [attempt.Pair, attempt.Network, attempt.Account, attempt.Locked ?? ""];
        var rows = await db
            .SignInFailures.AsNoTracking()
            .Where(f => keys.Contains(f.Key) && f.LastAt >= now - Forgotten)
            .ToDictionaryAsync(f => f.Key, stop);

        var pair = rows.GetValueOrDefault(attempt.Pair);
        var waits =
            (pair is not null && now < pair.LastAt + DelayAfter(pair.Count))
            || IsOver(attempt.Network, NetworkMost, LongestDelay)
            || (attempt.Locked is not null && IsOver(attempt.Locked, settings.LockAfterFailures, Lock))
            || (
                IsOver(attempt.Account, AccountMost, LongestDelay) && !await IsFamiliar(userId ?? 0, network, now, stop)
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

        bool IsOver(string key, int most, TimeSpan delay) =>
            rows.TryGetValue(key, out var row) && row.Count >= most && now < row.LastAt + delay;
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

    /// <summary>Neither failed nor in: the right password of somebody whose second factor is still to come must not wipe out the wrong codes before it.</summary>
    public async Task Undecided(Attempt attempt, CancellationToken stop)
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
        var since = now - Familiar;
        var addresses = await db
            .Sessions.Where(s => s.UserId == userId && s.CreatedAt >= since && s.Address != null)
            .Select(s => s.Address!)
            .Distinct()
            .ToListAsync(stop);
        return addresses.Any(a => IPAddress.TryParse(a, out var known) && NetworkOf(known) == network);
    }

    private async Task<int> Add(string key, DateTime now, CancellationToken stop)
    {
        var forgotten = now - Forgotten;
        var counts = await db
            .Database.SqlQuery<int>(
                $"""
                INSERT INTO "SignInFailures" ("Key", "Count", "LastAt") VALUES ({key}, 1, {now})
                ON CONFLICT ("Key") DO UPDATE SET "Count" = CASE WHEN "SignInFailures"."LastAt" < {forgotten} THEN 1 ELSE "SignInFailures"."Count" + 1 END, "LastAt" = {now}
                RETURNING "Count" AS "Value"
                """
            )
            .ToListAsync(stop);
        return counts[0];
    }
}
