using System.Collections.Concurrent;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Jobs;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts;

/// <summary>
/// When sessions and tokens were last used in this process, until <see cref="WriteLastUses"/> has written it: a write
/// for each session would be most of what a database writes while people only read.
/// </summary>
public sealed class LastUses
{
    private readonly ConcurrentDictionary<Guid, DateTime> _sessions = [];
    private readonly ConcurrentDictionary<int, DateTime> _tokens = [];

    /// <summary>The last use of a session that is not written yet; null when there is none.</summary>
    public DateTime? Of(Guid session) => _sessions.TryGetValue(session, out var at) ? at : null;

    public void Note(Guid session, DateTime at) => _sessions[session] = at;

    public void Note(int token, DateTime at) => _tokens[token] = at;

    /// <summary>
    /// Writes what was noted, right to the minute: in one statement for the sessions of each minute and one for its
    /// tokens. Called once a minute, there are hardly more than two.
    /// </summary>
    public async Task Write(AppDb db, CancellationToken stop)
    {
        KeyValuePair<Guid, DateTime>[] sessions = [.. _sessions];
        KeyValuePair<int, DateTime>[] tokens = [.. _tokens];
        if (sessions.Length + tokens.Length == 0)
            return;
        await using (var write = await db.BeginWrite(stop))
        {
            foreach (var minute in sessions.GroupBy(s => MinuteOf(s.Value)))
            {
                var (ids, at) = (minute.Select(s => s.Key).ToList(), minute.Max(s => s.Value));
                await db
                    .Sessions.Where(s => ids.Contains(s.Id) && s.LastSeenAt < at)
                    .ExecuteUpdateAsync(set => set.SetProperty(s => s.LastSeenAt, at), stop);
            }

            foreach (var minute in tokens.GroupBy(t => MinuteOf(t.Value)))
            {
                var (ids, at) = (minute.Select(t => t.Key).ToList(), minute.Max(t => t.Value));
                await db
                    .AccessTokens.Where(t => ids.Contains(t.Id) && (t.LastUsedAt == null || t.LastUsedAt < at))
                    .ExecuteUpdateAsync(set => set.SetProperty(t => t.LastUsedAt, at), stop);
            }

            await write.Commit(stop);
        }

        // Only what was written: a use since then stays noted.
        foreach (var session in sessions)
            _sessions.TryRemove(session);
        foreach (var token in tokens)
            _tokens.TryRemove(token);
    }

    private static long MinuteOf(DateTime at) => at.Ticks / TimeSpan.TicksPerMinute;
}

/// <summary>
/// Writes <see cref="LastUses"/> once a minute and when the process stops. Every process that serves people does it,
/// also one that leaves jobs to others.
/// </summary>
public sealed class WriteLastUses(
    LastUses uses,
    IServiceScopeFactory scopes,
    AppSettings settings,
    TimeProvider clock,
    ILogger<WriteLastUses> log
) : BackgroundWork(scopes, settings, log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    protected override bool GoesOnReadOnly => true;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Guarded(cancellationToken, isLast: true);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var minute = new PeriodicTimer(Pause, clock);
        while (await minute.WaitForNextTickAsync(stoppingToken))
            await Guarded(stoppingToken);
    }

    protected override Task Round(IServiceProvider services, CancellationToken stop) =>
        uses.Write(services.GetRequiredService<AppDb>(), stop);
}
