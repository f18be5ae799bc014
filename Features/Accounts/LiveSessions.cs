using MdcTts.Features.Settings;
using MdcTts.Infrastructure.Live;
using MdcTts.Infrastructure.Saudi;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts;

/// <summary>
/// An open page hears of changes only as long as its session would open it again, with the same role and client.
/// </summary>
internal static class LiveSessions
{
    public static async Task<IReadOnlyCollection<LiveStream>> FindEnded(
        IReadOnlyCollection<LiveStream> streams,
        IServiceProvider services,
        CancellationToken stop
    )
    {
        var ids = streams.Select(s => s.User.SessionId).OfType<Guid>().Distinct().ToList();
        var rules = await services.GetRequiredService<CurrentSettings>().Get(stop);
        var alive = await services
            .GetRequiredService<AppDb>()
            .Sessions.Where(s => ids.Contains(s.Id))
            .Alive(rules, services.GetRequiredService<TimeProvider>().Instant())
            .Select(s => new
            {
                s.Id,
                s.User.Role,
                s.User.ClientId,
            })
            .ToDictionaryAsync(s => s.Id, s => (s.Role, s.ClientId), stop);
        return
        [
            .. streams.Where(s =>
                s.User.SessionId is not { } id
                || !alive.TryGetValue(id, out var now)
                || now != (s.User.Role, s.User.ClientId)
            ),
        ];
    }
}
