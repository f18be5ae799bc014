using System.Net;
using MdcTts.Features.Settings;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.SignIn;

/// <summary>
/// Slows guessing down without locking the owner out. Attempts are counted in rows, which all replicas share: for an
/// account in a network (the delay grows), for a network over all accounts, and for an account over all networks.
/// </summary>
/// <remarks>
/// Whoever has proved themselves from there is spared the last two counts: a session, a browser that the owner signed
/// in with before, a network that the owner signed in from before. A session and a known browser are also counted by
/// themselves and not with their network, so that a stranger in the same office cannot make them wait. Addresses that
/// nobody has are counted apart, so that a stranger who makes them up slows down nobody.
/// </remarks>
public sealed class Attempts(AppDb db, Guesses guesses, CurrentSettings current, TimeProvider clock)
{
    /// <summary>Failures before an account makes its network wait.</summary>
    public const int FreeFailures = 5;

    /// <summary>
    /// Failures of one network, over all accounts, before none of its accounts has free failures any more: after the
    /// first one it waits.
    /// </summary>
    public const int NetworkFailuresMax = 100;

    /// <summary>The same for the /48 of an IPv6 network, in which there may be many offices.</summary>
    public const int WideFailuresMax = 400;

    /// <summary>Failures of one account, over all networks, before networks that are new to its owner wait.</summary>
    public const int AccountFailuresMax = 50;

    /// <summary>
    /// A network or a browser that the owner used within this time never waits for the failures of others. It is as
    /// long as sessions are kept.
    /// </summary>
    public static readonly TimeSpan FamiliarFor = TimeSpan.FromDays(90);

    public static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(15);

    /// <summary>How long an account is locked everywhere; only when a setting asks for it.</summary>
    public static readonly TimeSpan LockTime = TimeSpan.FromMinutes(30);

    // Counting starts again after this time without a failure. An attacker gains nothing over the longest delay.
    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromHours(1);

    /// <summary>Whether an attempt may be made, and what was counted for it.</summary>
    /// <param name="Own">The counts that a success forgets: those of this account only.</param>
    public sealed record Attempt(bool IsAllowed, IReadOnlyList<Guesses.Taken> Taken, IReadOnlyList<string> Own);

    // Null: nowhere. Otherwise what stands for the network where the account is counted.
    private sealed record Familiar(string? Self);

    /// <summary>How long an account makes a network wait after so many failures.</summary>
    public static TimeSpan DelayAfter(int failures) =>
        failures < FreeFailures
            ? TimeSpan.Zero
            : TimeSpan.FromTicks(
                Math.Min(LongestDelay.Ticks, FirstDelay.Ticks << Math.Min(failures - FreeFailures, 10))
            );

    /// <summary>
    /// Starts an attempt for an account, known or not. All its counts are taken before it is made, so that many at once
    /// get no further than one after the other. The caller ends it with <see cref="Succeeded"/> or
    /// <see cref="Withdraw"/>; left alone, it was a failure.
    /// </summary>
    /// <param name="account">The normalized e-mail address.</param>
    /// <param name="userId">The account's owner; null when there is none.</param>
    /// <param name="session">The session of a person who is signed in and proves it once more.</param>
    public async Task<Attempt> Begin(
        string account,
        int? userId,
        RequestOrigin from,
        CancellationToken stop,
        Guid? session = null
    )
    {
        var now = clock.Instant();
        var since = now - ForgottenAfter;
        var settings = await current.Get(stop);
        var network = Networks.Of(from.Address);
        var familiar = session is { } id
            ? new Familiar($"session {id:N}")
            : await FindFamiliar(userId ?? 0, network, from.Device, now, stop);

        var pair = Guesses.Key("pair", account, familiar?.Self ?? network);
        var everywhere = Guesses.Key("account", account);
        var locked = settings.LockAfterFailures > 0 ? Guesses.Key("lock", account) : null;
        var networks = familiar is null ? NetworksOf(userId is not null, network, from.Address) : [];
        List<string> keys = [pair, .. networks.Select(n => n.Key)];
        if (familiar is null)
            keys.Add(everywhere);
        if (locked is not null)
            keys.Add(locked);

        var rows = await guesses.Read(keys, since, stop);
        var free = networks.Any(n => CountOf(n.Key) >= n.Max) ? 1 : FreeFailures;
        if (
            (rows.TryGetValue(pair, out var row) && now < row.LastAt + Delay(row.Count))
            || IsOver(everywhere, AccountFailuresMax, LongestDelay)
            || (locked is not null && IsOver(locked, settings.LockAfterFailures, LockTime))
        )
            return new(IsAllowed: false, [], []);

        await using var write = await db.BeginWrite(stop);
        var taken = await guesses.Take(keys, now, since, stop, rows);
        if (!taken.All(IsInTurn))
            return new(IsAllowed: false, [], []);
        await write.Commit(stop);
        return new(IsAllowed: true, taken, locked is null ? [pair] : [pair, locked]);

        // Of those that read the same count at the same time, only one may go on once the count is full.
        bool IsInTurn(Guesses.Taken guess) =>
            guess.Before <= CountOf(guess.Key)
            || (
                guess.Key == pair ? Delay(guess.Before) == TimeSpan.Zero
                : guess.Key == everywhere ? guess.Before < AccountFailuresMax
                : guess.Key != locked || guess.Before < settings.LockAfterFailures
            );

        TimeSpan Delay(int failures) => DelayAfter(failures == 0 ? 0 : failures + FreeFailures - free);

        int CountOf(string key) => rows.TryGetValue(key, out var counted) ? counted.Count : 0;

        bool IsOver(string key, int max, TimeSpan delay) =>
            rows.TryGetValue(key, out var counted) && counted.Count >= max && now < counted.LastAt + delay;
    }

    /// <summary>
    /// Forgets the failures of the account where it was tried, and takes the attempt back everywhere else; in the
    /// caller's database transaction.
    /// </summary>
    public async Task Succeeded(Attempt attempt, CancellationToken stop)
    {
        foreach (var guess in attempt.Taken)
            if (attempt.Own.Contains(guess.Key))
                await guesses.Forget(guess.Key, stop);
            else
                await guesses.GiveBack(guess, stop);
    }

    /// <summary>
    /// Takes the attempt back. Somebody with the right password still owes the second factor, so the wrong codes before
    /// must neither be forgotten nor added to.
    /// </summary>
    public async Task Withdraw(Attempt attempt, CancellationToken stop)
    {
        await using var write = await db.BeginWrite(stop);
        foreach (var guess in attempt.Taken)
            await guesses.GiveBack(guess, stop);
        await write.Commit(stop);
    }

    private static List<(string Key, int Max)> NetworksOf(bool isKnown, string network, IPAddress? address)
    {
        var kind = isKnown ? "network" : "network of unknown accounts";
        List<(string, int)> networks = [(Guesses.Key(kind, network), NetworkFailuresMax)];
        if (Networks.WideOf(address) is { } wide)
            networks.Add((Guesses.Key(kind, "wide", wide), WideFailuresMax));
        return networks;
    }

    // Asked for unknown accounts too: they must take as long.
    private async Task<Familiar?> FindFamiliar(
        int userId,
        string network,
        string? device,
        DateTime now,
        CancellationToken stop
    )
    {
        var since = now - FamiliarFor;
        var known = await db
            .Sessions.Where(s => s.UserId == userId && s.CreatedAt >= since)
            .Select(s => new { s.Address, s.Device })
            .Distinct()
            .ToListAsync(stop);
        var shown = device is null ? null : Sessions.HashOf(device);
        if (shown is not null && known.Any(k => k.Device == shown))
            return new($"device {shown}");
        return known.Any(k => IPAddress.TryParse(k.Address, out var a) && Networks.Of(a) == network)
            ? new Familiar(Self: null)
            : null;
    }
}
