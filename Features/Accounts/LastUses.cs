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
    /// Writes what was noted, in one statement for sessions and one for tokens: all with the latest time among them,
    /// which is right to the minute if it is called once a minute.
    /// </summary>
    public async Task Write(AppDb db, CancellationToken stop)
    {
        KeyValuePair<Guid, DateTime>[] sessions = [.. _sessions];
        KeyValuePair<int, DateTime>[] tokens = [.. _tokens];
        if (sessions.Length + tokens.Length == 0)
            return;
        await using (var write = await db.BeginWrite(stop))
        {
            if (sessions.Length > 0)
            {
                var (ids, at) = (sessions.Select(s => s.Key).ToList(), sessions.Max(s => s.Value));
                await db
                    .Sessions.Where(s => ids.Contains(s.Id) && s.LastSeenAt < at)
                    .ExecuteUpdateAsync(set => set.SetProperty(s => s.LastSeenAt, at), stop);
            }

            if (tokens.Length > 0)
            {
                var (ids, at) = (tokens.Select(t => t.Key).ToList(), tokens.Max(t => t.Value));
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
